using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace SourceGen.Rpc.Analyzers.Usage;

/// <summary>
/// A call that leaves its token out although the code around it was given one. What runs after a failure (catch, finally) is left alone: it
/// often has to run although the token is cancelled.
/// </summary>
internal static class TokenRule
{
    /// <summary>The property of the diagnostic that names the token, for the fix.</summary>
    public const string Token = "Token";

    public static void Register(CompilationStartAnalysisContext context, RpcSymbols symbols) =>
        context.RegisterOperationAction(c => Analyze(c, symbols), OperationKind.Invocation);

    private static void Analyze(OperationAnalysisContext context, RpcSymbols symbols)
    {
        IInvocationOperation call = (IInvocationOperation)context.Operation;
        if (!symbols.IsServiceCall(call) || call.TargetMethod.Parameters.LastOrDefault() is not { } parameter) return;
        if (!symbols.IsCancellationToken(parameter.Type)) return;
        if (!call.Arguments.Any(a => a.ArgumentKind == ArgumentKind.DefaultValue && a.Parameter?.Ordinal == parameter.Ordinal)) return;
        if (TokenAtHand(call, context.ContainingSymbol, symbols) is not { } token || Operations.IsInExpressionTree(call, symbols)) return;
        SyntaxNode place = call.Syntax is InvocationExpressionSyntax { Expression: var expression } ? Name(expression) : call.Syntax;
        context.ReportDiagnostic(Diagnostic.Create(
            UsageDescriptors.TokenNotPassed, place.GetLocation(), ImmutableDictionary<string, string?>.Empty.Add(Token, token),
            Operations.Display(call.TargetMethod), token));
    }

    /// <summary>
    /// The token of the innermost function that has one and is visible here; null when there is none, or it is discarded.
    /// </summary>
    private static string? TokenAtHand(IOperation call, ISymbol member, RpcSymbols symbols)
    {
        for (IOperation? part = call.Parent; part is not null; part = part.Parent)
        {
            if (part is ICatchClauseOperation) return null;
            if (part is ITryOperation { Finally: { } last } && Contains(last, call)) return null;
            if (part is not (IAnonymousFunctionOperation or ILocalFunctionOperation)) continue;
            IMethodSymbol function = part is IAnonymousFunctionOperation lambda ? lambda.Symbol : ((ILocalFunctionOperation)part).Symbol;
            if (TokenOf(function, symbols) is { } token) return IsDiscarded(token) ? null : token.Name;
            if (function.IsStatic) return null;
        }

        return member is IMethodSymbol method && TokenOf(method, symbols) is { } own && !IsDiscarded(own) ? own.Name : null;
    }

    private static bool Contains(IOperation outer, IOperation inner) => outer.Syntax.Span.Contains(inner.Syntax.Span);

    private static IParameterSymbol? TokenOf(IMethodSymbol function, RpcSymbols symbols) =>
        function.Parameters.LastOrDefault(p => p.RefKind == RefKind.None && symbols.IsCancellationToken(p.Type));

    private static bool IsDiscarded(IParameterSymbol parameter) => parameter.IsDiscard || parameter.Name.All(static c => c == '_');

    private static SyntaxNode Name(ExpressionSyntax expression) => expression switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        _ => expression,
    };
}
