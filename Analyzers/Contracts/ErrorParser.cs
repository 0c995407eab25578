using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>The rules of <c>[Throws&lt;T&gt;]</c>: which errors a method declares, and which types they may be.</summary>
internal sealed class ErrorParser(INamedTypeSymbol service, Compilation compilation, ProblemSink problems, TypeParser types)
{
    private const int DefaultCode = 9; // RpcStatusCode.FailedPrecondition, the attribute's own default.

    private readonly ExceptionParser _exceptions = new(compilation, problems, types);
    private readonly Dictionary<ITypeSymbol, ErrorModel?> _known = new(SymbolEqualityComparer.Default);

    /// <summary>
    /// The errors of a method: its own, then those of the interface that declares it and of the service. A derived type stands before its
    /// base, so that the first match is the best.
    /// </summary>
    public EquatableArray<ErrorModel> Parse(IMethodSymbol method, ISymbol place, string name, bool isOneWay)
    {
        Dictionary<ITypeSymbol, ErrorModel> errors = new(SymbolEqualityComparer.Default);
        foreach (AttributeData attribute in KnownTypes.ThrowsAttributes(method))
        {
            if (isOneWay) problems.Report(DiagnosticDescriptors.OneWayThrows, place, name, Display(TypeOf(attribute)));
            else Add(errors, attribute, UsePath.From($"{name} throws {Display(TypeOf(attribute))}", place));
        }

        // Nobody is told what became of a one-way call, so what the interface says of all methods does not concern it.
        if (isOneWay) return default;
        INamedTypeSymbol[] declaringTypes = [method.ContainingType, service];
        foreach (INamedTypeSymbol declaring in declaringTypes)
        {
            foreach (AttributeData attribute in KnownTypes.ThrowsAttributes(declaring))
                Add(errors, attribute, UsePath.From($"{service.Name} throws {Display(TypeOf(attribute))}", service));
        }

        return errors
            .OrderByDescending(static e => Depth(e.Key))
            .ThenBy(static e => e.Value.SchemaName, StringComparer.Ordinal)
            .Select(static e => e.Value)
            .ToEquatableArray();
    }

    private void Add(Dictionary<ITypeSymbol, ErrorModel> errors, AttributeData attribute, UsePath path)
    {
        ITypeSymbol type = TypeOf(attribute).WithNullableAnnotation(NullableAnnotation.NotAnnotated);
        if (errors.ContainsKey(type)) return;
        if (!_known.TryGetValue(type, out ErrorModel? error)) _known.Add(type, error = Parse(type, path));
        if (error is not null) errors.Add(type, error with { Code = KnownTypes.NamedArgument(attribute, "Code") as int? ?? DefaultCode });
    }

    private ErrorModel? Parse(ITypeSymbol type, UsePath path)
    {
        if (type.TypeKind == TypeKind.Error)
        {
            problems.CompilerReports();
            return null;
        }

        if (type is not INamedTypeSymbol named || WhyNot(named) is not null)
        {
            string reason = type is INamedTypeSymbol refused ? WhyNot(refused)! : "declare a record that holds it";
            problems.Report(DiagnosticDescriptors.InvalidError, path.Location, path.ToString(), Display(type), reason);
            return null;
        }

        if (KnownTypes.IsException(named)) return _exceptions.Parse(named, path);
        return types.Resolve(named, path) is { } resolved
            ? new ErrorModel(
                TypeParser.SchemaName(named), DefaultCode,
                new TypeUse(TypeNames.Declared(named), named.IsReferenceType, resolved.Ref), Exception: null)
            : null;
    }

    /// <summary>Why a type cannot be declared as an error, whether as an exception or as a detail; null when it can.</summary>
    private static string? WhyNot(INamedTypeSymbol type)
    {
        if (KnownTypes.Is(type, "SourceGen.Rpc", "RpcException"))
            return "it always arrives as itself; declare the type of its detail instead";
        if (KnownTypes.IsSystem(type) && KnownTypes.IsException(type))
            return "any code may throw an exception of the class library, also where it means a mistake; declare one of your own";
        if (KnownTypes.IsSystem(type) || type.TypeKind == TypeKind.Enum)
            return "a detail has members with names; declare a record that holds it";
        return type.IsAbstract && KnownTypes.IsException(type)
            ? "it is abstract, so the reader cannot make one; declare the types that are thrown"
            : null;
    }

    private static ITypeSymbol TypeOf(AttributeData attribute) => attribute.AttributeClass!.TypeArguments[0];

    private static int Depth(ITypeSymbol type)
    {
        int depth = 0;
        for (INamedTypeSymbol? part = type.BaseType; part is not null; part = part.BaseType) depth++;
        return depth;
    }

    private static string Display(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);
}
