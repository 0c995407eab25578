using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Analyzers.Usage;

/// <summary>An async void method or local function in a class that implements a service. Handlers of events have no choice.</summary>
internal static class AsyncVoidRule
{
    public static void Register(CompilationStartAnalysisContext context, RpcSymbols symbols)
    {
        context.RegisterSymbolAction(
            c => Analyze((IMethodSymbol)c.Symbol, c.Symbol.ContainingType, symbols, c.ReportDiagnostic), SymbolKind.Method);
        context.RegisterOperationAction(
            c => Analyze(((ILocalFunctionOperation)c.Operation).Symbol, c.ContainingSymbol.ContainingType, symbols, c.ReportDiagnostic),
            OperationKind.LocalFunction);
    }

    private static void Analyze(IMethodSymbol method, INamedTypeSymbol? type, RpcSymbols symbols, Action<Diagnostic> report)
    {
        if (method is not { IsAsync: true, ReturnsVoid: true } || !symbols.IsImplementation(type) || IsEventHandler(method)) return;
        report(Diagnostic.Create(
            UsageDescriptors.AsyncVoid, method.Locations[0],
            method.MethodKind == MethodKind.LocalFunction ? method.Name : Operations.Display(method)));
    }

    private static bool IsEventHandler(IMethodSymbol method)
    {
        if (method.Parameters.Length != 2 || method.Parameters[0].Type.SpecialType != SpecialType.System_Object) return false;
        for (ITypeSymbol? type = method.Parameters[1].Type; type is not null; type = type.BaseType)
        {
            if (type is INamedTypeSymbol named && KnownTypes.Is(named, "System", "EventArgs")) return true;
        }

        return false;
    }
}
