using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace SourceGen.Rpc.Analyzers.Usage;

/// <summary>
/// A call whose task is dropped. In an async function the compiler says so itself (CS4014), so there only streams, which it knows nothing
/// of, are reported.
/// </summary>
internal static class NotAwaitedRule
{
    private const string AwaitIt = "await it, return its task, or assign it to _ to say that it does not matter";
    private const string EnumerateIt = "nothing is even sent before the stream is read; read it with await foreach";

    public static void Register(CompilationStartAnalysisContext context, RpcSymbols symbols) =>
        context.RegisterOperationAction(c => Analyze(c, symbols), OperationKind.ExpressionStatement);

    private static void Analyze(OperationAnalysisContext context, RpcSymbols symbols)
    {
        IOperation value = ((IExpressionStatementOperation)context.Operation).Operation;
        while (value is IConditionalAccessOperation access) value = access.WhenNotNull;
        if (value is not IInvocationOperation || Operations.ServiceCall(value, symbols) is not { } call) return;
        if (IsMocked(call) || Operations.IsInExpressionTree(call, symbols)) return;
        bool isStream = symbols.IsStream(call.TargetMethod.ReturnType);
        IMethodSymbol? function = Operations.InnerFunction(call) ?? context.ContainingSymbol as IMethodSymbol;
        if (!isStream && function is { IsAsync: true }) return;
        context.ReportDiagnostic(Diagnostic.Create(
            UsageDescriptors.NotAwaited, value.Syntax.GetLocation(), Operations.Display(call.TargetMethod),
            isStream ? EnumerateIt : AwaitIt));
    }

    /// <summary><c>substitute.Received().HelloAsync()</c> is a question about calls, and none itself.</summary>
    private static bool IsMocked(IInvocationOperation call) =>
        call.Instance is IInvocationOperation { TargetMethod.ContainingNamespace: { } space } && space.ToDisplayString() == "NSubstitute";
}
