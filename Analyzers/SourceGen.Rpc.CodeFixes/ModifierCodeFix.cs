using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.CodeFixes;

/// <summary>Makes interfaces and what contains them partial, interfaces internal, and methods plain public instance methods.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ModifierCodeFix)), Shared]
internal sealed class ModifierCodeFix : SyntaxCodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
    [
        DiagnosticDescriptors.InterfaceNotPartial.Id, DiagnosticDescriptors.ContainingTypeNotPartial.Id,
        DiagnosticDescriptors.InterfaceNotAccessible.Id, DiagnosticDescriptors.StaticAbstractMember.Id,
        DiagnosticDescriptors.MethodNotAccessible.Id,
    ];

    /// <inheritdoc/>
    protected override void Offer(FixPlace place)
    {
        switch (place.Node)
        {
            case TypeDeclarationSyntax type when place.Id == DiagnosticDescriptors.InterfaceNotAccessible.Id:
                OfferInternal(place, type);
                break;
            case TypeDeclarationSyntax type when type.Modifiers.All(static m => !m.IsKind(SyntaxKind.PartialKeyword)):
                place.Replace("Make it partial", type, Partial(type));
                break;
            case MethodDeclarationSyntax method when place.Id == DiagnosticDescriptors.StaticAbstractMember.Id:
                place.Replace(
                    "Make it an instance method", method, WithoutModifiers(method, SyntaxKind.StaticKeyword, SyntaxKind.AbstractKeyword));
                break;
            case MethodDeclarationSyntax method when place.Id == DiagnosticDescriptors.MethodNotAccessible.Id:
                place.Replace(
                    "Make it public", method,
                    WithoutModifiers(method, SyntaxKind.PrivateKeyword, SyntaxKind.ProtectedKeyword, SyntaxKind.InternalKeyword));
                break;
        }
    }

    /// <summary>What is wrong may also be a type around the interface, which is for the developer to open up.</summary>
    private static void OfferInternal(FixPlace place, TypeDeclarationSyntax type)
    {
        bool isNested = type.Parent is TypeDeclarationSyntax;
        bool isHidden = type.Modifiers.Any(static m => m.Kind() is SyntaxKind.PrivateKeyword or SyntaxKind.ProtectedKeyword
            or SyntaxKind.FileKeyword);
        bool isPrivateByDefault = isNested
            && !type.Modifiers.Any(static m => m.Kind() is SyntaxKind.PublicKeyword or SyntaxKind.InternalKeyword);
        if (!isHidden && !isPrivateByDefault) return;
        TypeDeclarationSyntax open = WithoutModifiers(
            type, SyntaxKind.PrivateKeyword, SyntaxKind.ProtectedKeyword, SyntaxKind.FileKeyword, SyntaxKind.InternalKeyword);
        SyntaxToken first = open.Modifiers.Count > 0 ? open.Modifiers[0] : open.Keyword;
        SyntaxToken access = SyntaxFactory.Token(SyntaxKind.InternalKeyword)
            .WithLeadingTrivia(first.LeadingTrivia).WithTrailingTrivia(SyntaxFactory.Space);
        open = open.ReplaceToken(first, first.WithLeadingTrivia());
        place.Replace("Make it internal", type, open.WithModifiers(open.Modifiers.Insert(0, access)));
    }

    /// <summary>'partial' is the last modifier, next to the keyword.</summary>
    private static TypeDeclarationSyntax Partial(TypeDeclarationSyntax type)
    {
        SyntaxToken keyword = type.Keyword;
        SyntaxToken partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword)
            .WithLeadingTrivia(keyword.LeadingTrivia).WithTrailingTrivia(SyntaxFactory.Space);
        TypeDeclarationSyntax bare = type.WithKeyword(keyword.WithLeadingTrivia());
        return (TypeDeclarationSyntax)bare.WithModifiers(bare.Modifiers.Add(partial));
    }
}
