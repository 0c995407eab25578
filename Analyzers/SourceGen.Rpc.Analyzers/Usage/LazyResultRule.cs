using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace SourceGen.Rpc.Analyzers.Usage;

/// <summary>A handler whose result is a query or an iterator, which would run while the reply is written.</summary>
internal static class LazyResultRule
{
    public static void Register(CompilationStartAnalysisContext context, RpcSymbols symbols) =>
        context.RegisterOperationAction(c => Analyze(c, symbols), OperationKind.Return);

    private static void Analyze(OperationAnalysisContext context, RpcSymbols symbols)
    {
        IReturnOperation statement = (IReturnOperation)context.Operation;
        if (statement.ReturnedValue is not { } value || context.ContainingSymbol is not IMethodSymbol method) return;
        SpecialType? kind = symbols.ResultOf(method.ReturnType)?.OriginalDefinition.SpecialType;
        if (kind is not SpecialType.System_Collections_Generic_IEnumerable_T) return;
        if (!symbols.IsHandler(method) || Operations.InnerFunction(statement) is not null) return;
        IOperation result = Operations.Bare(Result(value));
        if (!IsDeferred(result, symbols, context.CancellationToken)) return;
        context.ReportDiagnostic(Diagnostic.Create(
            UsageDescriptors.LazyResult, result.Syntax.GetLocation(), Operations.Quote(result.Syntax), Operations.Display(method)));
    }

    /// <summary>The result in <c>new ValueTask&lt;T&gt;(result)</c> and <c>Task.FromResult(result)</c>.</summary>
    private static IOperation Result(IOperation value) => Operations.Bare(value) switch
    {
        IObjectCreationOperation { Arguments.Length: 1 } created => created.Arguments[0].Value,
        IInvocationOperation { TargetMethod.Name: "FromResult", Arguments.Length: 1 } call => call.Arguments[0].Value,
        _ => value,
    };

    private static bool IsDeferred(IOperation value, RpcSymbols symbols, CancellationToken cancellationToken)
    {
        if (value is ITranslatedQueryOperation query) return IsDeferred(Operations.Bare(query.Operation), symbols, cancellationToken);
        if (value is not IInvocationOperation { TargetMethod: { } method }) return false;
        if (SymbolEqualityComparer.Default.Equals(method.ContainingType, symbols.Queryable)) return IsSequence(method.ReturnType);
        if (SymbolEqualityComparer.Default.Equals(method.ContainingType, symbols.Enumerable))
            return IsSequence(method.ReturnType) && method.Name is not ("Empty" or "AsEnumerable" or "Range" or "Repeat");
        return IsIterator(method, cancellationToken);
    }

    private static bool IsSequence(ITypeSymbol type) => type is
    {
        TypeKind: TypeKind.Interface, Name: "IEnumerable" or "IOrderedEnumerable" or "IQueryable" or "IOrderedQueryable",
    };

    private static bool IsIterator(IMethodSymbol method, CancellationToken cancellationToken) =>
        method.ReturnType.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T
        && method.OriginalDefinition.DeclaringSyntaxReferences.Any(r => Yields(r.GetSyntax(cancellationToken)));

    private static bool Yields(SyntaxNode declaration) => declaration
        .DescendantNodes(node => node == declaration || node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
        .Any(static node => node.IsKind(SyntaxKind.YieldReturnStatement) || node.IsKind(SyntaxKind.YieldBreakStatement));
}
