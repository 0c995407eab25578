using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.CodeFixes;

/// <summary>Passes parameters by value, and puts the cancellation token where it belongs.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ParameterCodeFix)), Shared]
internal sealed class ParameterCodeFix : SyntaxCodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
        [DiagnosticDescriptors.ByReferenceParameter.Id, DiagnosticDescriptors.CancellationTokenNotLast.Id];

    /// <inheritdoc/>
    protected override void Offer(FixPlace place)
    {
        if (place.Node is not ParameterSyntax { Parent: ParameterListSyntax list } parameter) return;
        if (place.Id == DiagnosticDescriptors.ByReferenceParameter.Id) OfferByValue(place, parameter);
        else OfferTokenLast(place, parameter, list);
    }

    /// <summary>What an 'out' parameter is for is lost with it, so the method has to return it instead.</summary>
    private static void OfferByValue(FixPlace place, ParameterSyntax parameter)
    {
        if (parameter.Modifiers.Any(SyntaxKind.OutKeyword)) return;
        SyntaxTokenList kept = SyntaxFactory.TokenList(parameter.Modifiers.Where(static m =>
            m.Kind() is not (SyntaxKind.RefKeyword or SyntaxKind.InKeyword or SyntaxKind.ReadOnlyKeyword)));
        place.Replace("Pass it by value", parameter, parameter.WithModifiers(kept).WithTriviaFrom(parameter));
    }

    private static void OfferTokenLast(FixPlace place, ParameterSyntax parameter, ParameterListSyntax list)
    {
        int index = list.Parameters.IndexOf(parameter);
        ParameterSyntax last = list.Parameters[list.Parameters.Count - 1];
        bool isLastToken = place.Model.GetDeclaredSymbol(last, place.CancellationToken) is { } symbol
            && KnownTypes.IsCancellationToken(symbol.Type);
        if (isLastToken)
        {
            // Only one can be passed; the one that stands where it should is kept.
            place.Replace("Remove this CancellationToken", list, list.WithParameters(list.Parameters.RemoveAt(index)));
            return;
        }

        // A second token further on is removed by its own diagnostic's fix.
        if (list.Parameters.Skip(index + 1).Any(p => place.Model.GetDeclaredSymbol(p, place.CancellationToken) is { } other
            && KnownTypes.IsCancellationToken(other.Type))) return;
        SeparatedSyntaxList<ParameterSyntax> parameters = list.Parameters;
        ParameterSyntax moved = parameter;
        if (moved.Default is null && parameters.Any(static p => p.Default is not null))
            moved = WithDefault(moved);
        ParameterSyntax[] reordered = [.. parameters.Where(p => p != parameter), moved];

        // Each place of the list keeps its line breaks, whoever stands there.
        IEnumerable<ParameterSyntax> placed = reordered.Select((p, i) => p.WithTriviaFrom(parameters[i]));
        place.Replace(
            "Move the CancellationToken to the end", list,
            list.WithParameters(SyntaxFactory.SeparatedList(placed, parameters.GetSeparators())));
    }
}
