using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>A public field or property of a type, before it is decided whether it is serialized.</summary>
internal sealed class MemberCandidate(ISymbol symbol, ITypeSymbol type, MemberKey? key)
{
    public ISymbol Symbol { get; } = symbol;

    public ITypeSymbol Type { get; } = type;

    public string Name => Symbol.Name;

    public bool IsIgnored { get; init; }

    public bool IsRequired { get; init; }

    /// <summary>Whether generated code can use the setter or init accessor, or the field is writable.</summary>
    public bool IsSettable { get; init; }

    public bool IsInitOnly { get; init; }

    /// <summary>A setter that generated code cannot call by name, such as a private one; null where there is none.</summary>
    public IMethodSymbol? HiddenSetter { get; init; }

    /// <summary>Whether the reader can set the member in some way other than by a constructor.</summary>
    public bool CanBeSet => IsSettable || HiddenSetter is not null;

    /// <summary>Whether it is no member on the wire but holds those that the contract does not have.</summary>
    public bool HoldsUnknown => Type is INamedTypeSymbol named && KnownTypes.Is(named, "SourceGen.Rpc", "UnknownMembers");

    /// <summary>What an attribute says of its key, or null.</summary>
    public MemberKey? Key => key;

    /// <summary>The index in an array, or null.</summary>
    public int? Index => key?.Index;

    /// <summary>The name in a map where an attribute gives it, or null.</summary>
    public string? KeyName => key?.Name;
}
