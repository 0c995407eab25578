using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace SourceGen.Rpc.Analyzers.Usage;

/// <summary>
/// A loop whose only await is a service call that depends on what is looped over and on nothing that an earlier round left. Anything that
/// is not plainly so is let pass: calls without a result, whose order may matter, and bodies that do more than gather results.
/// </summary>
internal static class LoopRule
{
    public static void Register(CompilationStartAnalysisContext context, RpcSymbols symbols) =>
        context.RegisterOperationAction(c => Analyze(c, symbols), OperationKind.Loop);

    private static void Analyze(OperationAnalysisContext context, RpcSymbols symbols)
    {
        ILoopOperation loop = (ILoopOperation)context.Operation;
        if (loop is not (IForEachLoopOperation { IsAsynchronous: false } or IForLoopOperation)) return;
        IInvocationOperation? call = null;
        foreach (IOperation part in loop.Body.DescendantsAndSelf())
        {
            if (part is not IAwaitOperation wait) continue;
            if (call is not null || Operations.ServiceCall(wait.Operation, symbols) is not { } found) return;
            call = found;
        }

        if (call is null || symbols.ResultOf(call.TargetMethod.ReturnType) is null || !new Body(loop, call).IsIndependent()) return;
        context.ReportDiagnostic(Diagnostic.Create(
            UsageDescriptors.CallInLoop, call.Syntax.GetLocation(), Operations.Display(call.TargetMethod)));
    }

    /// <summary>The body of a loop around one call.</summary>
    private sealed class Body(ILoopOperation loop, IInvocationOperation call)
    {
        public bool IsIndependent()
        {
            if (Operations.Referent(call.Instance) is not { } service || IsOfRound(service)) return false;
            HashSet<ISymbol> read = new(
                call.Arguments.SelectMany(static a => a.DescendantsAndSelf()).Select(Operations.Referent).OfType<ISymbol>(),
                SymbolEqualityComparer.Default);
            return read.Any(IsOfRound) && loop.Body.DescendantsAndSelf().All(part => IsHarmless(part, read));
        }

        private bool IsHarmless(IOperation part, HashSet<ISymbol> read)
        {
            switch (part)
            {
                case IAnonymousFunctionOperation or ILocalFunctionOperation or IReturnOperation or IThrowOperation or ITryOperation
                    or ILockOperation or IUsingOperation or IUsingDeclarationOperation or ILoopOperation or IDynamicInvocationOperation
                    or IInvalidOperation:
                    return false;
                case IBranchOperation branch:
                    return branch.BranchKind == BranchKind.Continue;
                case IAssignmentOperation assignment:
                    return IsOwn(assignment.Target, read);
                case IIncrementOrDecrementOperation increment:
                    return IsOwn(increment.Target, read);
                case IInvocationOperation invocation:
                    return ReferenceEquals(Operations.TaskSource(invocation), call) || IsInArguments(invocation)
                        || Gathers(invocation, read);
                default:
                    return true;
            }
        }

        /// <summary>A variable of this round, or an element of something that the call does not look at.</summary>
        private bool IsOwn(IOperation target, HashSet<ISymbol> read) => Operations.Bare(target) switch
        {
            ILocalReferenceOperation { Local: { } local } => IsOfRound(local),
            IArrayElementReferenceOperation element => IsElsewhere(element.ArrayReference, read),
            IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } instance } => IsElsewhere(instance, read),
            IDiscardOperation => true,
            _ => false,
        };

        private bool Gathers(IInvocationOperation invocation, HashSet<ISymbol> read) =>
            invocation is { TargetMethod.Name: "Add" or "TryAdd" or "Enqueue" or "Push", Instance: { } instance }
            && IsElsewhere(instance, read);

        /// <summary>What is gathered must not be looked at: a round that does depends on the rounds before.</summary>
        private bool IsElsewhere(IOperation container, HashSet<ISymbol> read) =>
            Operations.Referent(container) is { } referent && !read.Contains(referent) && References(referent) == 1;

        private int References(ISymbol symbol) => loop.Body.Descendants().Count(part =>
            part is not (IConversionOperation or IParenthesizedOperation)
            && SymbolEqualityComparer.Default.Equals(Operations.Referent(part), symbol));

        private bool IsInArguments(IOperation operation)
        {
            for (IOperation? part = operation.Parent; part is not null; part = part.Parent)
            {
                if (part is IArgumentOperation argument && ReferenceEquals(argument.Parent, call)) return true;
            }

            return false;
        }

        private bool IsOfRound(ISymbol symbol) =>
            symbol is ILocalSymbol { DeclaringSyntaxReferences: { Length: > 0 } declarations }
            && loop.Syntax.Span.Contains(declarations[0].Span);
    }
}
