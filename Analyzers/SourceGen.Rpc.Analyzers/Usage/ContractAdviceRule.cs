using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Analyzers.Usage;

/// <summary>
/// What valid contracts can do better. Methods are judged where they are declared, so inherited ones are not judged again.
/// </summary>
internal static class ContractAdviceRule
{
    public static void Register(CompilationStartAnalysisContext context, RpcSymbols symbols) =>
        context.RegisterSymbolAction(c => Analyze(c, symbols), SymbolKind.NamedType);

    private static void Analyze(SymbolAnalysisContext context, RpcSymbols symbols)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.Symbol;
        if (!symbols.IsContract(type)) return;
        IMethodSymbol[] own = [.. MethodsOf(type, symbols)];
        foreach (IMethodSymbol method in own)
        {
            AdviseResult(context, method, symbols);
            AdviseToken(context, method, symbols);
        }

        IMethodSymbol[] inherited = [.. type.AllInterfaces.SelectMany(i => MethodsOf(i, symbols))];
        for (int i = 0; i < own.Length; i++)
        {
            foreach (IMethodSymbol other in own.Take(i).Concat(inherited))
            {
                if (AdviseOverload(context, other, own[i], symbols)) break;
            }
        }
    }

    private static void AdviseResult(SymbolAnalysisContext context, IMethodSymbol method, RpcSymbols symbols)
    {
        if (symbols.ResultOf(method.ReturnType) is not INamedTypeSymbol result) return;
        if (result.OriginalDefinition.SpecialType != SpecialType.System_Collections_Generic_IEnumerable_T) return;
        context.ReportDiagnostic(Diagnostic.Create(
            UsageDescriptors.EnumerableResult, method.Locations[0], Operations.Display(method), Display(result),
            Display(result.TypeArguments[0])));
    }

    /// <summary>A one-way call is over when it is sent, so there is nothing to give up.</summary>
    private static void AdviseToken(SymbolAnalysisContext context, IMethodSymbol method, RpcSymbols symbols)
    {
        if (symbols.IsOneWay(method) || method.Parameters.Any(p => symbols.IsCancellationToken(p.Type))) return;
        context.ReportDiagnostic(Diagnostic.Create(UsageDescriptors.NoCancellationToken, method.Locations[0], Operations.Display(method)));
    }

    private static bool AdviseOverload(SymbolAnalysisContext context, IMethodSymbol first, IMethodSymbol second, RpcSymbols symbols)
    {
        if (first.Name != second.Name) return false;

        // The same name on the wire is an error, and reported as one.
        string firstName = WireName(first);
        string secondName = WireName(second);
        if (firstName == secondName || CommonArguments(first, second) is not { } count) return false;
        string arguments = count == 0 ? "arguments, none at all"
            : $"arguments ({string.Join(", ", second.Parameters.Take(count).Select(static p => Display(p.Type)))})";
        context.ReportDiagnostic(Diagnostic.Create(
            UsageDescriptors.AmbiguousOverloads, second.Locations[0], Signature(first), Signature(second), arguments, firstName,
            secondName));
        return true;
    }

    /// <summary>
    /// The smallest number of arguments, of the same types, that both methods can be called with; null when there is none.
    /// </summary>
    private static int? CommonArguments(IMethodSymbol first, IMethodSymbol second)
    {
        int fewest = Math.Max(first.Parameters.Count(static p => !p.IsOptional), second.Parameters.Count(static p => !p.IsOptional));
        if (fewest > Math.Min(first.Parameters.Length, second.Parameters.Length)) return null;

        // The same parameters altogether: the one hides the other, and says so with 'new'.
        IEnumerable<ITypeSymbol> types = first.Parameters.Select(static p => p.Type);
        if (types.SequenceEqual(second.Parameters.Select(static p => p.Type), SymbolEqualityComparer.Default)) return null;
        for (int i = 0; i < fewest; i++)
        {
            if (!SymbolEqualityComparer.Default.Equals(first.Parameters[i].Type, second.Parameters[i].Type)) return null;
        }

        return fewest;
    }

    private static IEnumerable<IMethodSymbol> MethodsOf(INamedTypeSymbol type, RpcSymbols symbols) => type.GetMembers()
        .OfType<IMethodSymbol>()
        .Where(m => m is { MethodKind: MethodKind.Ordinary, IsAbstract: true, IsStatic: false, IsGenericMethod: false }
            && (symbols.IsTask(m.ReturnType) || symbols.IsStream(m.ReturnType)));

    private static string WireName(IMethodSymbol method) =>
        KnownTypes.NamedArgument(KnownTypes.Attribute(method, "MethodAttribute"), "Name") as string ?? WireNames.OfMethod(method.Name);

    private static string Signature(IMethodSymbol method) =>
        $"{method.Name}({string.Join(", ", method.Parameters.Select(static p => Display(p.Type)))})";

    private static string Display(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);
}
