using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.CodeFixes;

/// <summary>Says of a method that calling it twice has the same effect as calling it once.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(IdempotentCodeFix)), Shared]
internal sealed class IdempotentCodeFix : SyntaxCodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [DiagnosticDescriptors.RepeatingPolicy.Id];

    /// <inheritdoc/>
    protected override void Offer(FixPlace place)
    {
        if (place.Node is not MethodDeclarationSyntax declaration) return;
        const string Argument = "Idempotent = true";
        MethodDeclarationSyntax marked;
        if (Attributes.Find(declaration, "Method") is not { } attribute)
        {
            marked = Attributes.Add(declaration, place.NewLine, "Method", Argument);
        }
        else
        {
            AttributeArgumentSyntax argument = SyntaxFactory.ParseAttributeArgumentList($"({Argument})")!.Arguments[0];
            SeparatedSyntaxList<AttributeArgumentSyntax> arguments = attribute.ArgumentList?.Arguments ?? default;
            int old = arguments.IndexOf(static a => a.NameEquals?.Name.Identifier.ValueText == "Idempotent");
            arguments = old < 0 ? Insert(arguments, arguments.Count, argument) : arguments.Replace(arguments[old], argument);
            marked = declaration.ReplaceNode(attribute, attribute.WithArgumentList(SyntaxFactory.AttributeArgumentList(arguments)));
        }

        place.Replace("Mark it as idempotent: calling it twice has the same effect as calling it once", declaration, marked);
    }
}
