using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>A public field or property of a type, before it is decided whether it is serialized.</summary>
internal sealed class MemberCandidate(ISymbol symbol, ITypeSymbol type, AttributeData? key)
{
    public ISymbol Symbol { get; } = symbol;

    public ITypeSymbol Type { get; } = type;

    public string Name => Symbol.Name;

    public bool IsIgnored { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>Whether a public setter or init accessor exists, or the field is writable.</summary>
    public bool IsSettable { get; init; }

    public bool IsInitOnly { get; init; }

    /// <summary>The index of <c>[Key(n)]</c>, or null.</summary>
    public int? Index => HasKey && key!.ConstructorArguments[0].Value is int index ? index : null;

    /// <summary>The name of <c>[Key("s")]</c>, or null.</summary>
    public string? KeyName => HasKey && Index is null ? key!.ConstructorArguments[0].Value as string ?? "" : null;

    public bool HasKey => key is { ConstructorArguments.Length: 1 };
}
