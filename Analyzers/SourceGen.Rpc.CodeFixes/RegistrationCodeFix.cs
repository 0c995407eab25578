using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SourceGen.Rpc.Analyzers.Usage;

namespace SourceGen.Rpc.CodeFixes;

/// <summary>Names the service where its implementation was named.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(RegistrationCodeFix)), Shared]
internal sealed class RegistrationCodeFix : SyntaxCodeFix
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [UsageDescriptors.WrongRegistration.Id];

    /// <inheritdoc/>
    protected override void Offer(FixPlace place)
    {
        if (!place.Diagnostic.Properties.TryGetValue(RegistrationRule.Service, out string? name) || name is null) return;
        TypeSyntax service = SyntaxFactory.ParseTypeName(name);
        string title = $"Name the service {name}";
        if (place.Node is TypeSyntax type && type.Parent is TypeArgumentListSyntax types)
        {
            // With an implementation but no object of it, the container has to know both.
            bool namesBoth = types is { Arguments.Count: 1, Parent: SimpleNameSyntax { Identifier.ValueText: "AddService" } }
                && types.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { ArgumentList.Arguments.Count: 0 };
            if (namesBoth) place.Replace(title, types, types.WithArguments(Insert(types.Arguments, 0, service)));
            else place.Replace(title, type, service.WithTriviaFrom(type));
            return;
        }

        if (place.Node.FirstAncestorOrSelf<ArgumentSyntax>()?.Parent?.Parent is not InvocationExpressionSyntax call) return;
        SimpleNameSyntax? method = call.Expression switch
        {
            MemberAccessExpressionSyntax access => access.Name,
            MemberBindingExpressionSyntax binding => binding.Name,
            _ => call.Expression as SimpleNameSyntax,
        };
        if (method is not IdentifierNameSyntax) return;
        TypeArgumentListSyntax argument = SyntaxFactory.TypeArgumentList(SyntaxFactory.SingletonSeparatedList(service));
        GenericNameSyntax generic = SyntaxFactory.GenericName(method.Identifier.WithTrailingTrivia(), argument);
        place.Replace(title, method, generic.WithTriviaFrom(method));
    }
}
