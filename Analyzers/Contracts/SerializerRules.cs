using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>A custom serializer for one type.</summary>
/// <param name="Type">The serializer.</param>
/// <param name="Format">What the schema calls that which it writes.</param>
/// <param name="Value">The type that it serializes: the one that is wanted, or what is within a nullable one.</param>
internal sealed record SerializerChoice(INamedTypeSymbol Type, string Format, ITypeSymbol Value);

/// <summary>What <c>[RpcSerializer]</c> must satisfy.</summary>
internal sealed class SerializerRules(Compilation compilation, ProblemSink problems)
{
    /// <summary>Reads the attribute for a type; null, after reporting why, when the serializer cannot be used.</summary>
    /// <param name="attribute">The attribute.</param>
    /// <param name="type">The type to serialize.</param>
    /// <param name="path">The way to it.</param>
    public SerializerChoice? Choose(AttributeData attribute, ITypeSymbol type, UsePath path)
    {
        TypedConstant argument = attribute.ConstructorArguments.FirstOrDefault();
        if (argument.Kind == TypedConstantKind.Error || argument.Value is ITypeSymbol { TypeKind: TypeKind.Error }
            || type.TypeKind == TypeKind.Error || attribute.ConstructorArguments.Length != 1)
        {
            problems.CompilerReports();
            return null;
        }

        if (argument.Value is not INamedTypeSymbol named)
        {
            string what = argument.Value is ITypeSymbol other ? Display(other) : "null";
            return Refuse("it is no class or struct", what, type, path);
        }

        INamedTypeSymbol? serializer = type is INamedTypeSymbol like ? OpenTypes.Close(named, like)
            : named.IsUnboundGenericType ? null
            : named;
        if (serializer is null)
            return Refuse("it has another number of type parameters; name it with its type arguments", Display(named), type, path);
        if (!TypeRules.IsAccessible(serializer, compilation))
            return Refuse("generated code cannot see it; make it internal or public", Display(serializer), type, path);
        if (KnownTypes.IsObsoleteAsError(serializer))
            return Refuse("it is marked [Obsolete] as an error", Display(serializer), type, path);
        ITypeSymbol value = Within(type);
        INamedTypeSymbol? contract = serializer.AllInterfaces.FirstOrDefault(i => Serializes(i, type))
            ?? serializer.AllInterfaces.FirstOrDefault(i => Serializes(i, value));
        if (contract is null) return Refuse(WhyNot(serializer, value), Display(serializer), type, path);
        if (contract.GetMembers().OfType<IMethodSymbol>().Any(m => !IsPublic(serializer, m)))
        {
            return Refuse(
                "its Write and Read are not public methods of its own: declare both as 'public static' instead of explicitly",
                Display(serializer), type, path);
        }

        AttributeData? format = KnownTypes.Attribute(serializer, "WireFormatAttribute");
        string name = format is { ConstructorArguments.Length: 1 }
            ? format.ConstructorArguments[0].Value as string ?? ""
            : TypeParser.SchemaName(serializer);
        return WireNames.IsValidKey(name)
            ? new SerializerChoice(serializer, name, SymbolEqualityComparer.Default.Equals(contract.TypeArguments[0], type) ? type : value)
            : Refuse("the name in its [WireFormat] is empty or has control characters", Display(serializer), type, path);
    }

    private static bool Serializes(INamedTypeSymbol contract, ITypeSymbol type) =>
        KnownTypes.Is(contract, "SourceGen.Rpc", "IRpcSerializer", 1)
        && SymbolEqualityComparer.Default.Equals(contract.TypeArguments[0], type);

    private static string WhyNot(INamedTypeSymbol serializer, ITypeSymbol value)
    {
        string[] others = [.. serializer.AllInterfaces
            .Where(static i => KnownTypes.Is(i, "SourceGen.Rpc", "IRpcSerializer", 1))
            .Select(static i => Display(i.TypeArguments[0]))];
        return others.Length == 0
            ? $"it does not implement IRpcSerializer<{Display(value)}>"
            : $"it implements IRpcSerializer for {string.Join(", ", others)}, and not for exactly this type";
    }

    private static bool IsPublic(INamedTypeSymbol serializer, IMethodSymbol method) =>
        serializer.FindImplementationForInterfaceMember(method) is IMethodSymbol
        {
            MethodKind: not MethodKind.ExplicitInterfaceImplementation, DeclaredAccessibility: Accessibility.Public,
        };

    private static ITypeSymbol Within(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
            ? nullable.TypeArguments[0]
            : type;

    private static string Display(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);

    private SerializerChoice? Refuse(string reason, string serializer, ITypeSymbol type, UsePath path)
    {
        problems.Report(DiagnosticDescriptors.InvalidSerializer, path.Location, path.ToString(), serializer, Display(type), reason);
        return null;
    }
}
