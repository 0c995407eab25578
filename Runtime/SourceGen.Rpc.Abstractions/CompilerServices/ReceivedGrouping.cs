using System.Collections;

namespace SourceGen.Rpc.CompilerServices;

/// <summary>A group that was read; those of the class library can only be made by its own queries.</summary>
/// <typeparam name="TKey">The key's type.</typeparam>
/// <typeparam name="TElement">The elements' type.</typeparam>
/// <param name="key">The key.</param>
/// <param name="elements">The elements.</param>
public sealed class ReceivedGrouping<TKey, TElement>(TKey key, IEnumerable<TElement>? elements) : IGrouping<TKey, TElement>
{
    private readonly IEnumerable<TElement> _elements = elements ?? [];

    /// <inheritdoc/>
    public TKey Key => key;

    /// <inheritdoc/>
    public IEnumerator<TElement> GetEnumerator() => _elements.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
