using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SourceGen.Rpc.Generators;

/// <summary>
/// What a file declares, without the bodies of its members: two versions of a file with equal shapes declare the same contracts, so typing
/// in a method leaves it as it was. Everything that a contract can depend on is in: default values, constants, attributes and directives.
/// </summary>
internal sealed class TreeShape
{
    /// <summary>Trees are immutable, and an edit replaces one of them: the others' shapes are looked up.</summary>
    private static readonly ConditionalWeakTable<SyntaxTree, TreeShape> s_shapes = new();

    private TreeShape(byte[] hash, bool mayDeclareServices)
    {
        Hash = hash;
        MayDeclareServices = mayDeclareServices;
    }

    /// <summary>SHA-256 of what is declared.</summary>
    public byte[] Hash { get; }

    /// <summary>Whether there is an interface with an attribute.</summary>
    public bool MayDeclareServices { get; }

    /// <summary>The shape of a file.</summary>
    public static TreeShape Of(SyntaxTree tree, CancellationToken cancellationToken)
    {
        if (s_shapes.TryGetValue(tree, out TreeShape? known)) return known;
        SyntaxNode root = tree.GetRoot(cancellationToken);
        return s_shapes.GetValue(tree, _ => Create(root));
    }

    private static TreeShape Create(SyntaxNode root)
    {
        StringBuilder text = new();
        bool mayDeclareServices = false;
        foreach (SyntaxNodeOrToken part in root.DescendantNodesAndTokens(static node => !IsBody(node)))
        {
            if (part.AsNode() is { } node)
            {
                // That there is a body tells a declaration from an implementation.
                if (IsBody(node)) text.Append('\u0001');
                else mayDeclareServices |= node is InterfaceDeclarationSyntax { AttributeLists.Count: > 0 };
            }
            else
            {
                Append(text, part.AsToken());
            }
        }

        using SHA256 sha = SHA256.Create();
        return new TreeShape(sha.ComputeHash(Encoding.UTF8.GetBytes(text.ToString())), mayDeclareServices);
    }

    private static void Append(StringBuilder text, SyntaxToken token)
    {
        if (token.ContainsDirectives)
        {
            foreach (SyntaxTrivia trivia in token.LeadingTrivia)
            {
                if (trivia.IsDirective) text.Append(trivia.ToFullString()).Append('\0');
            }
        }

        text.Append(token.Text).Append('\0');
    }

    /// <summary>
    /// Code that no declaration depends on. With a directive in it, such as <c>#nullable</c>, it may change what follows.
    /// </summary>
    private static bool IsBody(SyntaxNode node) =>
        node is BlockSyntax or ArrowExpressionClauseSyntax or GlobalStatementSyntax && !node.ContainsDirectives;
}
