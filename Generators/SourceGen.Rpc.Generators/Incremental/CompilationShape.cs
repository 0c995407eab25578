using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace SourceGen.Rpc.Generators;

/// <summary>
/// All that the contracts of a compilation depend on, as values: its files' shapes, its references and its options. It holds on to
/// neither the compilation nor its references.
/// </summary>
internal sealed class CompilationShape : IEquatable<CompilationShape>
{
    private static readonly ConditionalWeakTable<MetadataReference, StrongBox<long>> s_references = new();
    private static long s_lastReference;

    private readonly string? _assemblyName;
    private readonly CSharpCompilationOptions _options;
    private readonly LanguageVersion _language;
    private readonly long[] _references;
    private readonly byte[] _trees;

    private CompilationShape(CSharpCompilation compilation, byte[] trees)
    {
        _assemblyName = compilation.AssemblyName;
        _options = compilation.Options;
        _language = compilation.LanguageVersion;
        _references = [.. compilation.References.Select(NumberOf)];
        _trees = trees;
    }

    /// <summary>The shape of a compilation.</summary>
    public static CompilationShape Of(CSharpCompilation compilation, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(TreeShape.Of(tree, cancellationToken).Hash);
        }

        return new CompilationShape(compilation, hash.GetHashAndReset());
    }

    /// <inheritdoc/>
    public bool Equals(CompilationShape? other) =>
        other is not null && _assemblyName == other._assemblyName && _language == other._language && _options.Equals(other._options)
        && _references.AsSpan().SequenceEqual(other._references) && _trees.AsSpan().SequenceEqual(other._trees);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CompilationShape);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(_trees, 0);

    private static long NumberOf(MetadataReference reference) =>
        s_references.GetValue(reference, static _ => new StrongBox<long>(Interlocked.Increment(ref s_lastReference))).Value;
}
