using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>Open generic types in attributes, which get the type arguments of the type that the attribute stands on.</summary>
internal static class OpenTypes
{
    /// <summary>The type itself if it is closed; else with the other's type arguments, or null when their numbers differ.</summary>
    public static INamedTypeSymbol? Close(INamedTypeSymbol open, INamedTypeSymbol like)
    {
        if (!IsOpen(open)) return open;
        List<(ITypeSymbol Type, NullableAnnotation Annotation)> arguments = [];
        Collect(like, arguments);
        int next = 0;
        INamedTypeSymbol? closed = Close(open.OriginalDefinition, arguments, ref next);
        return next == arguments.Count ? closed : null;
    }

    private static INamedTypeSymbol? Close(
        INamedTypeSymbol definition, List<(ITypeSymbol Type, NullableAnnotation Annotation)> arguments, ref int next)
    {
        INamedTypeSymbol type = definition;
        if (definition.ContainingType is { } container)
        {
            if (Close(container, arguments, ref next) is not { } closed) return null;
            type = closed.GetTypeMembers(definition.Name, definition.Arity).First();
        }

        if (definition.Arity == 0) return type;
        if (arguments.Count - next < definition.Arity) return null;
        List<(ITypeSymbol Type, NullableAnnotation Annotation)> own = arguments.GetRange(next, definition.Arity);
        next += definition.Arity;
        return type.Construct([.. own.Select(static a => a.Type)], [.. own.Select(static a => a.Annotation)]);
    }

    private static bool IsOpen(INamedTypeSymbol type) => type.IsUnboundGenericType || (type.ContainingType is { } outer && IsOpen(outer));

    private static void Collect(INamedTypeSymbol type, List<(ITypeSymbol Type, NullableAnnotation Annotation)> arguments)
    {
        if (type.ContainingType is { } container) Collect(container, arguments);
        arguments.AddRange(type.TypeArguments.Zip(type.TypeArgumentNullableAnnotations, static (t, a) => (t, a)));
    }
}
