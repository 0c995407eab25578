using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SourceGen.Rpc.Analyzers.Usage;

namespace SourceGen.Rpc.CodeFixes;

/// <summary>Passes the token at hand to a call.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(PassTokenCodeFix)), Shared]
internal sealed class PassTokenCodeFix : SyntaxCodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [UsageDescriptors.TokenNotPassed.Id];

    /// <inheritdoc/>
    protected override void Offer(FixPlace place)
    {
        if (!place.Diagnostic.Properties.TryGetValue(TokenRule.Token, out string? token) || token is null) return;
        if (place.Node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call) return;
        if (place.Model.GetSymbolInfo(call, place.CancellationToken).Symbol is not IMethodSymbol method) return;
        if (method.Parameters is not { Length: > 0 } parameters) return;
        IParameterSymbol parameter = parameters[parameters.Length - 1];
        SeparatedSyntaxList<ArgumentSyntax> arguments = call.ArgumentList.Arguments;
        ArgumentSyntax argument = SyntaxFactory.Argument(SyntaxFactory.IdentifierName(Escape(token)));
        if (arguments.Count != parameter.Ordinal || arguments.Any(static a => a.NameColon is not null))
            argument = argument.WithNameColon(SyntaxFactory.NameColon(Escape(parameter.Name)).WithTrailingTrivia(SyntaxFactory.Space));
        place.Replace($"Pass '{token}'", call.ArgumentList, call.ArgumentList.WithArguments(Insert(arguments, arguments.Count, argument)));
    }

    private static string Escape(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
}
