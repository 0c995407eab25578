using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace SourceGen.Rpc.Analyzers.Usage;

/// <summary>Integer keys of a type and its bases that leave numbers out.</summary>
internal static class KeyGapRule
{
    public static void Register(CompilationStartAnalysisContext context, RpcSymbols symbols)
    {
        if (symbols.KeyAttribute is { } attribute)
            context.RegisterSymbolAction(c => Analyze(c, attribute), SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context, INamedTypeSymbol attribute)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct)) return;
        List<KeyValuePair<int, ISymbol>> keys = [.. Keys(type, attribute)];
        if (keys.Count == 0) return;
        for (INamedTypeSymbol? part = type.BaseType; part is not null; part = part.BaseType) keys.AddRange(Keys(part, attribute));
        int next = 0;
        foreach (KeyValuePair<int, ISymbol> key in keys.OrderBy(static k => k.Key))
        {
            // A gap between keys of a base class is its own affair.
            if (key.Key > next && SymbolEqualityComparer.Default.Equals(key.Value.ContainingType, type))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    UsageDescriptors.KeyGap, key.Value.Locations[0], type.Name, Missing(next, key.Key - 1), key.Value.Name));
            }

            next = key.Key + 1;
        }
    }

    private static string Missing(int first, int last) => first == last ? $"{first}" : $"{first} to {last}";

    /// <summary>The keys that members have themselves, or by the parameters of a constructor.</summary>
    private static IEnumerable<KeyValuePair<int, ISymbol>> Keys(INamedTypeSymbol type, INamedTypeSymbol attribute)
    {
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        IEnumerable<ISymbol> parameters = type.InstanceConstructors.SelectMany(static c => c.Parameters);
        foreach (ISymbol symbol in type.GetMembers().Where(static m => m is IPropertySymbol or IFieldSymbol).Concat(parameters))
        {
            AttributeData? key = symbol.GetAttributes()
                .FirstOrDefault(a => SymbolEqualityComparer.Default.Equals(a.AttributeClass, attribute));
            if (key is { ConstructorArguments.Length: 1 } && key.ConstructorArguments[0].Value is int index && seen.Add(symbol.Name))
                yield return new KeyValuePair<int, ISymbol>(index, symbol);
        }
    }
}
