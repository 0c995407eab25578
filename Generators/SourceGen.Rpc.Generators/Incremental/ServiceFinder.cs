using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Generators;

/// <summary>
/// Finds the valid services and topics of a compilation. To read a thousand contracts out of a compilation takes a fifth of a second, nearly
/// all of it for the compiler to bind their symbols anew, which it does after every edit; so it is done again only when something was declared
/// differently, not when somebody types in a method.
/// </summary>
/// <remarks>
/// One finder belongs to one generator driver and its successors. It remembers models, which the driver's own tables hold too, and returns
/// them for what they were made of: whether it remembers or not cannot be told from what it returns.
/// </remarks>
internal sealed class ServiceFinder
{
    private Found? _last;

    /// <summary>The models of all valid services, in the order of their names.</summary>
    public EquatableArray<ServiceModel> FindAll(Compilation compilation, CancellationToken cancellationToken)
    {
        CSharpCompilation csharp = (CSharpCompilation)compilation;
        CompilationShape shape = CompilationShape.Of(csharp, cancellationToken);
        if (Volatile.Read(ref _last) is { } last && last.Shape.Equals(shape)) return last.Services;
        EquatableArray<ServiceModel> services = Parse(csharp, cancellationToken);
        Volatile.Write(ref _last, new Found(shape, services));
        return services;
    }

    private static EquatableArray<ServiceModel> Parse(CSharpCompilation compilation, CancellationToken cancellationToken)
    {
        HashSet<INamedTypeSymbol> interfaces = new(SymbolEqualityComparer.Default);
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            if (!TreeShape.Of(tree, cancellationToken).MayDeclareServices) continue;
            SemanticModel model = compilation.GetSemanticModel(tree);
            foreach (InterfaceDeclarationSyntax declaration in Interfaces(tree, cancellationToken))
            {
                if (model.GetDeclaredSymbol(declaration, cancellationToken) is { } symbol && KnownTypes.DeclaresContract(symbol))
                    interfaces.Add(symbol);
            }
        }

        return interfaces
            .Select(service => ServiceParser.Parse(service, compilation, new ProblemSink(report: null), cancellationToken))
            .Where(static service => service is not null)
            .Select(static service => service!)
            .OrderBy(static service => service.HintName, StringComparer.Ordinal)
            .ToEquatableArray();
    }

    private static IEnumerable<InterfaceDeclarationSyntax> Interfaces(SyntaxTree tree, CancellationToken cancellationToken) =>
        tree.GetRoot(cancellationToken)
            .DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax)
            .OfType<InterfaceDeclarationSyntax>()
            .Where(static declaration => declaration.AttributeLists.Count > 0);

    private sealed class Found(CompilationShape shape, EquatableArray<ServiceModel> services)
    {
        public CompilationShape Shape { get; } = shape;

        public EquatableArray<ServiceModel> Services { get; } = services;
    }
}
