using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SourceGen.Rpc.Analyzers.Usage;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.CodeFixes;

/// <summary>Gives methods of contracts a type that they can return, and parameters one that can be a stream.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ReturnTypeCodeFix)), Shared]
internal sealed class ReturnTypeCodeFix : SyntaxCodeFix
{
    private const string ValueTask = "System.Threading.Tasks.ValueTask";
    private const string Stream = "System.Collections.Generic.IAsyncEnumerable";
    private const string List = "System.Collections.Generic.IReadOnlyList";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } =
    [
        DiagnosticDescriptors.InvalidReturnType.Id, DiagnosticDescriptors.OneWayWithResult.Id, DiagnosticDescriptors.MisplacedStream.Id,
        DiagnosticDescriptors.InvalidEvent.Id, UsageDescriptors.EnumerableResult.Id, UsageDescriptors.AsyncVoid.Id,
    ];

    /// <inheritdoc/>
    protected override void Offer(FixPlace place)
    {
        if (place.Id == DiagnosticDescriptors.MisplacedStream.Id)
        {
            OfferStream(place);
            return;
        }

        if (place.Id == UsageDescriptors.AsyncVoid.Id)
        {
            OfferTask(place);
            return;
        }

        if (place.Id == DiagnosticDescriptors.InvalidEvent.Id)
        {
            OfferEvent(place);
            return;
        }

        if (place.Node is not MethodDeclarationSyntax { ReturnType: { } type }) return;
        if (place.Id == DiagnosticDescriptors.InvalidReturnType.Id) OfferValueTask(place, type);
        else if (place.Id == DiagnosticDescriptors.OneWayWithResult.Id) Change(place, "Return nothing (ValueTask)", type, Type(ValueTask));
        else if (ArgumentOf(type, "IEnumerable") is { } item) OfferList(place, item);
    }

    private static void OfferEvent(FixPlace place)
    {
        if (place.Node is MethodDeclarationSyntax { ReturnType: { } type } and not { ReturnType: RefTypeSyntax })
            Change(place, "Return nothing (ValueTask)", type, Type(ValueTask));
        else if (place.Node is ParameterSyntax { Type: { } stream }
            && (ArgumentOf(stream, "IAsyncEnumerable") ?? ArgumentOf(stream, "IAsyncEnumerator") ?? ArgumentOf(stream, "ChannelReader")) == stream)
            Change(place, "Take a list (IReadOnlyList<T>)", stream, Type(List, ItemOf(stream)));
    }

    private static void OfferValueTask(FixPlace place, TypeSyntax type)
    {
        if (type is RefTypeSyntax) return;
        if (type is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword })
        {
            Change(place, "Return ValueTask", type, Type(ValueTask));
            return;
        }

        Change(place, "Return ValueTask<T>", type, Type(ValueTask, type));
        if (ArgumentOf(type, "IEnumerable") is { } items)
            Change(place, "Return a stream (IAsyncEnumerable<T>)", type, Type(Stream, ItemOf(items)));
    }

    /// <summary>The task stays; only what it gives changes.</summary>
    private static void OfferList(FixPlace place, TypeSyntax sequence) =>
        Change(place, "Return IReadOnlyList<T>", Last(sequence), Type(List, ItemOf(sequence)));

    private static void OfferStream(FixPlace place)
    {
        TypeSyntax? type = place.Node switch
        {
            MethodDeclarationSyntax method => method.ReturnType,
            ParameterSyntax parameter => parameter.Type,
            _ => null,
        };
        if (type is null) return;
        TypeSyntax? misplaced = place.Node is MethodDeclarationSyntax ? ArgumentOf(type, "IAsyncEnumerable") : null;
        misplaced ??= ArgumentOf(type, "IAsyncEnumerator") ?? ArgumentOf(type, "ChannelReader");

        // The stream is the whole result, so a task around it goes; in any other type it has no obvious place.
        if (misplaced is null || (misplaced != type && ArgumentOf(type, "Task") is null && ArgumentOf(type, "ValueTask") is null)) return;
        TypeSyntax stream = Type(Stream, ItemOf(misplaced));
        if (type.IsEquivalentTo(stream) || ArgumentOf(type, "IAsyncEnumerable") == type) return;
        Change(place, "Use a stream (IAsyncEnumerable<T>)", type, stream);
    }

    private static void OfferTask(FixPlace place)
    {
        TypeSyntax? type = place.Node switch
        {
            MethodDeclarationSyntax method => method.ReturnType,
            LocalFunctionStatementSyntax local => local.ReturnType,
            _ => null,
        };
        if (type is null || place.Model.GetDeclaredSymbol(place.Node, place.CancellationToken) is not IMethodSymbol symbol) return;
        if (symbol.IsOverride || symbol.ExplicitInterfaceImplementations.Length > 0 || Implements(symbol)) return;
        Change(place, "Return Task", type, Type("System.Threading.Tasks.Task"));
    }

    private static bool Implements(IMethodSymbol method) => method.ContainingType.AllInterfaces
        .SelectMany(i => i.GetMembers(method.Name))
        .Any(m => SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(m), method));

    private static void Change(FixPlace place, string title, TypeSyntax old, TypeSyntax replacement) =>
        place.Replace(title, old, replacement.WithTriviaFrom(old));

    /// <summary>The type itself or its only type argument, whichever has the name and a type argument of its own.</summary>
    private static TypeSyntax? ArgumentOf(TypeSyntax type, string name)
    {
        if (Last(type) is not GenericNameSyntax { TypeArgumentList.Arguments: { Count: 1 } arguments } generic) return null;
        TypeSyntax argument = arguments[0];
        if (generic.Identifier.ValueText == name) return type;
        return Last(argument) is GenericNameSyntax { TypeArgumentList.Arguments.Count: 1 } inner && inner.Identifier.ValueText == name
            ? argument
            : null;
    }

    private static TypeSyntax ItemOf(TypeSyntax sequence) => ((GenericNameSyntax)Last(sequence)).TypeArgumentList.Arguments[0];

    private static TypeSyntax Last(TypeSyntax type) => type switch
    {
        QualifiedNameSyntax qualified => qualified.Right,
        AliasQualifiedNameSyntax aliased => aliased.Name,
        NullableTypeSyntax nullable => Last(nullable.ElementType),
        _ => type,
    };
}
