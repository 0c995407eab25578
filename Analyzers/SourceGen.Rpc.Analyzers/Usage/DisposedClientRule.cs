using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace SourceGen.Rpc.Analyzers.Usage;

/// <summary>
/// A client held in a local variable, or a proxy of it, that is used after the client was disposed of: further down the same block, or by
/// the caller it is returned to from an <c>await using</c>. Lambdas are let pass, because they may run earlier, and so are variables that
/// are assigned again.
/// </summary>
internal static class DisposedClientRule
{
    public static void Register(CompilationStartAnalysisContext context, RpcSymbols symbols)
    {
        if (symbols.Client is not null)
            context.RegisterOperationAction(c => Analyze(c, symbols), OperationKind.VariableDeclarator);
    }

    private static void Analyze(OperationAnalysisContext context, RpcSymbols symbols)
    {
        IVariableDeclaratorOperation declarator = (IVariableDeclaratorOperation)context.Operation;
        if (!symbols.IsClient(declarator.Symbol.Type)) return;
        IOperation? owner = declarator.Parent?.Parent?.Parent;
        IOperation? scope = owner switch
        {
            IUsingDeclarationOperation { Parent: IBlockOperation block } => block,
            IUsingOperation used => used.Body,
            IBlockOperation block => block,
            _ => null,
        };
        if (scope is null) return;
        ClientUse use = new(declarator.Symbol, scope);
        if (use.IsAssignedAgain()) return;
        if (owner is IBlockOperation) ReportUses(context, scope, use);
        else ReportReturns(context, declarator, scope, use);
    }

    private static void ReportReturns(OperationAnalysisContext context, IOperation declarator, IOperation scope, ClientUse use)
    {
        IMethodSymbol? function = Operations.InnerFunction(declarator);
        foreach (IOperation part in scope.Descendants())
        {
            if (part is not IReturnOperation { Kind: OperationKind.Return, ReturnedValue: { } value }) continue;
            if (!SymbolEqualityComparer.Default.Equals(Operations.InnerFunction(part), function) || !use.Gives(value)) continue;
            context.ReportDiagnostic(Diagnostic.Create(
                UsageDescriptors.DisposedClient, value.Syntax.GetLocation(), Operations.Quote(value.Syntax),
                $"is returned, but its client '{use.Client.Name}' is disposed of before the caller gets it: let the caller own the "
                + "client"));
        }
    }

    private static void ReportUses(OperationAnalysisContext context, IOperation scope, ClientUse use)
    {
        foreach (IBlockOperation block in scope.DescendantsAndSelf().OfType<IBlockOperation>())
        {
            int disposal = 0;
            while (disposal < block.Operations.Length && !use.IsDisposal(block.Operations[disposal])) disposal++;

            // What follows in the same block runs after the disposal, unless something jumps.
            IOperation? first = block.Operations.Skip(disposal + 1).SelectMany(ClientUse.InOrder).FirstOrDefault(use.NeedsConnection);
            if (first is null) continue;
            context.ReportDiagnostic(Diagnostic.Create(
                UsageDescriptors.DisposedClient, first.Syntax.GetLocation(), Operations.Quote(first.Syntax),
                $"is used after its client '{use.Client.Name}' was disposed of, and every call fails: move it up, or dispose of the "
                + "client later"));
            return;
        }
    }
}
