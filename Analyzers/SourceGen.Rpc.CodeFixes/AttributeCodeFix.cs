using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.CodeFixes;

/// <summary>Removes attributes that contradict what they stand on, and leaves out members that cannot travel.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AttributeCodeFix)), Shared]
internal sealed class AttributeCodeFix : SyntaxCodeFix
{
    private const string NoMeaning = "Remove what means nothing for events";

    private static readonly string[] s_forCallsOnly = ["OneWay", "Throws", "CallPolicy", "RequireAuthorization", "AllowAnonymous"];

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
    [
        DiagnosticDescriptors.OneWayWithResult.Id, DiagnosticDescriptors.InvalidTimeout.Id, DiagnosticDescriptors.NotSerializable.Id,
        DiagnosticDescriptors.KeyOnUnserializedMember.Id, DiagnosticDescriptors.OneWayThrows.Id, DiagnosticDescriptors.MeaninglessForEvents.Id,
    ];

    /// <inheritdoc/>
    protected override void Offer(FixPlace place)
    {
        if (place.Id == DiagnosticDescriptors.NotSerializable.Id)
        {
            OfferIgnore(place);
        }
        else if (place.Id == DiagnosticDescriptors.KeyOnUnserializedMember.Id)
        {
            Remove(place, Attributes.Find(place.Node, "Key"), "Remove [Key]");
        }
        else if (place.Id == DiagnosticDescriptors.InvalidTimeout.Id)
        {
            OfferNoTimeout(place, "Remove TimeoutMs, for the default of the client");
        }
        else if (place.Id == DiagnosticDescriptors.MeaninglessForEvents.Id)
        {
            OfferNoMeaningless(place);
        }
        else
        {
            if (place.Id == DiagnosticDescriptors.OneWayThrows.Id) OfferNoThrows(place);
            Remove(place, Attributes.Find(place.Node, "OneWay"), "Remove [OneWay]");
        }
    }

    private static void OfferIgnore(FixPlace place)
    {
        const string Title = "Leave it out with [IgnoreMember]";
        if (place.Node is VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax { Declaration.Variables.Count: 1 } field })
            place.Replace(Title, field, Attributes.Add(field, place.NewLine, "IgnoreMember"));
        else if (place.Node is PropertyDeclarationSyntax property)
            place.Replace(Title, property, Attributes.Add(property, place.NewLine, "IgnoreMember"));
        else if (place.Node is ParameterSyntax { Parent.Parent: RecordDeclarationSyntax } parameter)
            place.Replace(Title, parameter, Attributes.AddToProperty(parameter, "IgnoreMember"));
    }

    private static void OfferNoTimeout(FixPlace place, string title)
    {
        if (TimeoutOf(place.Node) is not { Parent: AttributeArgumentListSyntax { Parent: AttributeSyntax attribute } list } timeout) return;
        if (list.Arguments.Count == 1) Remove(place, attribute, title);
        else place.Replace(title, list, list.WithArguments(list.Arguments.Remove(timeout)));
    }

    private static AttributeArgumentSyntax? TimeoutOf(SyntaxNode declaration) => Attributes.Find(declaration, "Method")?.ArgumentList?.Arguments
        .FirstOrDefault(static a => a.NameEquals?.Name.Identifier.ValueText == "TimeoutMs");

    private static void OfferNoMeaningless(FixPlace place)
    {
        AttributeSyntax[] attributes = [.. Attributes.Of(place.Node).Where(static a => s_forCallsOnly.Any(name => Attributes.Is(a, name)))];
        bool hasTimeout = TimeoutOf(place.Node) is not null;

        // Each has a diagnostic at the same place; which of several is meant cannot be told.
        if (attributes.Length == 1 && !hasTimeout) Remove(place, attributes[0], NoMeaning);
        else if (attributes.Length == 0 && hasTimeout) OfferNoTimeout(place, NoMeaning);
    }

    private static void OfferNoThrows(FixPlace place)
    {
        AttributeSyntax[] throws = [.. Attributes.Of(place.Node).Where(static a => Attributes.Is(a, "Throws"))];

        // Each has a diagnostic at the same place; which of several is meant cannot be told.
        if (throws.Length == 1) Remove(place, throws[0], "Remove [Throws]");
    }

    private static void Remove(FixPlace place, AttributeSyntax? attribute, string title)
    {
        if (attribute?.Parent is not AttributeListSyntax list) return;
        if (list.Attributes.Count > 1)
        {
            place.Replace(title, list, list.WithAttributes(list.Attributes.Remove(attribute)));
            return;
        }

        // What stood before the attribute stands before what follows it now: comments, or the indentation of its line.
        SyntaxNode owner = list.Parent!;
        SyntaxToken next = list.GetLastToken().GetNextToken();
        SyntaxNode tracked = owner.TrackNodes(list);
        next = tracked.FindToken(next.SpanStart - owner.FullSpan.Start + tracked.FullSpan.Start);
        tracked = tracked.ReplaceToken(next, next.WithLeadingTrivia(list.GetLeadingTrivia()));
        place.Replace(title, owner, tracked.RemoveNode(tracked.GetCurrentNode(list)!, SyntaxRemoveOptions.KeepNoTrivia)!);
    }
}
