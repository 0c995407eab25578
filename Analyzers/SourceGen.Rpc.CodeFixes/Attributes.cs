using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;

namespace SourceGen.Rpc.CodeFixes;

/// <summary>Attributes as they are written.</summary>
internal static class Attributes
{
    /// <summary>The attributes of a declaration; of a field's variable, those of the field.</summary>
    public static IEnumerable<AttributeSyntax> Of(SyntaxNode declaration)
    {
        SyntaxNode? owner = declaration is VariableDeclaratorSyntax ? declaration.Parent?.Parent : declaration;
        SyntaxList<AttributeListSyntax> lists = owner switch
        {
            MemberDeclarationSyntax member => member.AttributeLists,
            ParameterSyntax parameter => parameter.AttributeLists,
            _ => default,
        };
        return lists.SelectMany(static l => l.Attributes);
    }

    public static AttributeSyntax? Find(SyntaxNode declaration, string name) => Of(declaration).FirstOrDefault(a => Is(a, name));

    /// <summary>Whether an attribute is written with the name, in either of its forms.</summary>
    public static bool Is(AttributeSyntax attribute, string name)
    {
        NameSyntax written = attribute.Name;
        if (written is QualifiedNameSyntax qualified) written = qualified.Right;
        if (written is AliasQualifiedNameSyntax aliased) written = aliased.Name;
        return written is SimpleNameSyntax { Identifier.ValueText: var text } && (text == name || text == name + "Attribute");
    }

    /// <summary>Adds an attribute on a line of its own.</summary>
    public static TMember Add<TMember>(TMember member, SyntaxTrivia newLine, string name, string arguments = "")
        where TMember : MemberDeclarationSyntax
    {
        SyntaxTriviaList leading = member.GetLeadingTrivia();
        AttributeListSyntax list = List(name, arguments).WithLeadingTrivia(leading)
            .WithTrailingTrivia(newLine);
        SyntaxTriviaList indent = SyntaxFactory.TriviaList(
            leading.Reverse().TakeWhile(static t => t.IsKind(SyntaxKind.WhitespaceTrivia)));
        MemberDeclarationSyntax bare = member.WithLeadingTrivia(indent);
        return (TMember)bare.WithAttributeLists(bare.AttributeLists.Insert(0, list));
    }

    /// <summary>Adds an attribute to the property that a record's parameter makes.</summary>
    public static ParameterSyntax AddToProperty(ParameterSyntax parameter, string name, string arguments = "")
    {
        AttributeListSyntax list = List(name, arguments).WithTarget(
            SyntaxFactory.AttributeTargetSpecifier(SyntaxFactory.Token(SyntaxKind.PropertyKeyword))
                .WithTrailingTrivia(SyntaxFactory.Space));
        SyntaxTriviaList leading = parameter.GetLeadingTrivia();
        return parameter.WithoutLeadingTrivia()
            .WithAttributeLists(parameter.AttributeLists.Insert(0, list.WithTrailingTrivia(SyntaxFactory.Space)))
            .WithLeadingTrivia(leading);
    }

    private static AttributeListSyntax List(string name, string arguments)
    {
        AttributeSyntax attribute = SyntaxFactory.Attribute(
            SyntaxFactory.ParseName("global::SourceGen.Rpc." + name).WithAdditionalAnnotations(Simplifier.Annotation),
            arguments.Length == 0 ? null : SyntaxFactory.ParseAttributeArgumentList($"({arguments})"));
        return SyntaxFactory.AttributeList(SyntaxFactory.SingletonSeparatedList(attribute));
    }
}
