using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace SourceGen.Rpc.Analyzers.Usage;

/// <summary>
/// Threads that wait for an answer: for that of a service call anywhere, and for anything at all in a handler. A <c>Result</c> is only
/// reported where it is read from the call itself: a variable may hold a task that is known to have ended.
/// </summary>
internal static class BlockingRule
{
    /// <summary>The property of the diagnostic that holds the method to await instead, for the fix.</summary>
    public const string Replacement = "Replacement";

    /// <summary>The replacement by what is waited for: <c>await task</c> for <c>task.Result</c>.</summary>
    public const string TheTask = "task";

    public static void Register(CompilationStartAnalysisContext context, RpcSymbols symbols)
    {
        BlockingApis apis = new(context.Compilation, symbols);
        context.RegisterOperationAction(c => Analyze(c, symbols, apis), OperationKind.Invocation, OperationKind.PropertyReference);
    }

    private static void Analyze(OperationAnalysisContext context, RpcSymbols symbols, BlockingApis apis)
    {
        IOperation operation = context.Operation;
        if (apis.WaitedFor(operation) is { } task)
        {
            bool isWait = operation is IInvocationOperation { TargetMethod.Name: "Wait" };
            if (ServiceCall(task, isWait, symbols) is { } call)
                ReportCall(context, call, symbols);
            else if (isWait || Operations.TaskSource(task) is IInvocationOperation)
                ReportHandler(context, symbols, "await the task", TheTask);
        }
        else if (operation is IInvocationOperation invocation)
        {
            if (apis.IsWaitForMany(invocation))
            {
                if (invocation.Arguments.SelectMany(static a => Elements(a.Value)).Select(t => Operations.ServiceCall(t, symbols))
                    .FirstOrDefault(static c => c is not null) is { } waited) ReportCall(context, waited, symbols, canBeAwaited: false);
                else
                    ReportHandler(context, symbols, invocation.TargetMethod.Name.Replace("Wait", "await Task.When"), "");
            }
            else if (apis.Find(invocation) is { } api)
            {
                ReportHandler(context, symbols, api.Remedy, api.Replacement);
            }
        }
    }

    private static void ReportCall(
        OperationAnalysisContext context, IInvocationOperation call, RpcSymbols symbols, bool canBeAwaited = true)
    {
        if (Operations.IsInExpressionTree(call, symbols)) return;
        context.ReportDiagnostic(Diagnostic.Create(
            UsageDescriptors.CallBlocked, context.Operation.Syntax.GetLocation(), Replace(canBeAwaited ? TheTask : ""),
            Operations.Quote(context.Operation.Syntax), Operations.Display(call.TargetMethod)));
    }

    private static void ReportHandler(OperationAnalysisContext context, RpcSymbols symbols, string remedy, string replacement)
    {
        if (Handler(context, symbols) is not { } handler) return;
        context.ReportDiagnostic(Diagnostic.Create(
            UsageDescriptors.HandlerBlocks, context.Operation.Syntax.GetLocation(), Replace(replacement),
            Operations.Quote(context.Operation.Syntax), Operations.Display(handler), remedy));
    }

    /// <summary>
    /// The handler that runs the operation: a method that implements a service's, or a private async one of its class. What is in a lambda
    /// may run on a thread that is meant to be blocked.
    /// </summary>
    private static IMethodSymbol? Handler(OperationAnalysisContext context, RpcSymbols symbols)
    {
        if (context.ContainingSymbol is not IMethodSymbol method || !symbols.IsImplementation(method.ContainingType)) return null;
        bool runsInHandlers = symbols.IsHandler(method) || method is { IsAsync: true, DeclaredAccessibility: Accessibility.Private };
        if (!runsInHandlers) return null;
        for (IOperation? part = context.Operation.Parent; part is not null; part = part.Parent)
        {
            if (part is IAnonymousFunctionOperation or ILocalFunctionOperation { Symbol.IsAsync: false }) return null;
        }

        return method;
    }

    /// <summary>The call that a task comes from; for a wait, also through the variable that the call was assigned to.</summary>
    private static IInvocationOperation? ServiceCall(IOperation task, bool isWait, RpcSymbols symbols)
    {
        if (Operations.ServiceCall(task, symbols) is { } call) return call;
        if (!isWait || Operations.TaskSource(task) is not ILocalReferenceOperation { Local: { } local }) return null;
        IOperation root = task;
        while (root.Parent is not null) root = root.Parent;
        IVariableDeclaratorOperation? declarator = root.Descendants().OfType<IVariableDeclaratorOperation>()
            .FirstOrDefault(d => SymbolEqualityComparer.Default.Equals(d.Symbol, local));
        return declarator?.Initializer is { } initializer ? Operations.ServiceCall(initializer.Value, symbols) : null;
    }

    /// <summary>The tasks of a list of arguments, however the compiler passes it.</summary>
    private static IEnumerable<IOperation> Elements(IOperation value) => Operations.Bare(value) switch
    {
        IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues,
        ICollectionExpressionOperation collection => collection.Elements,
        _ => [value],
    };

    private static ImmutableDictionary<string, string?> Replace(string replacement) => replacement.Length == 0
        ? ImmutableDictionary<string, string?>.Empty
        : ImmutableDictionary<string, string?>.Empty.Add(Replacement, replacement);
}
