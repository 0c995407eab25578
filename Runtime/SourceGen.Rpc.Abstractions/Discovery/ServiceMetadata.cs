using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace SourceGen.Rpc.Discovery;

/// <summary>
/// Names and values that belong to a service, an endpoint or a node. Immutable; names are compared ordinally and kept sorted, so that
/// equal metadata is equal whatever order it was read in, and one that is searched on the call path costs no allocation.
/// </summary>
public sealed class ServiceMetadata : IReadOnlyDictionary<string, string>, IEquatable<ServiceMetadata>
{
    private readonly KeyValuePair<string, string>[] _pairs;

    private ServiceMetadata(KeyValuePair<string, string>[] pairs) => _pairs = pairs;

    /// <summary>No names at all.</summary>
    public static ServiceMetadata Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _pairs.Length;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _pairs.Select(static pair => pair.Key);

    /// <inheritdoc/>
    public IEnumerable<string> Values => _pairs.Select(static pair => pair.Value);

    /// <summary>Gets the value of a name.</summary>
    /// <param name="key">The name.</param>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public string this[string key] =>
        TryGetValue(key, out string? value) ? value : throw new KeyNotFoundException($"There is no metadata named '{key}'.");

    /// <summary>Creates metadata.</summary>
    /// <param name="pairs">The names and values; of two with the same name the last one counts.</param>
    public static ServiceMetadata Create(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        if (pairs is ServiceMetadata same) return same;
        SortedDictionary<string, string> sorted = new(StringComparer.Ordinal);
        foreach ((string key, string value) in pairs)
        {
            ArgumentNullException.ThrowIfNull(key, nameof(pairs));
            ArgumentNullException.ThrowIfNull(value, nameof(pairs));
            sorted[key] = value;
        }

        return sorted.Count == 0 ? Empty : new ServiceMetadata([.. sorted]);
    }

    /// <summary>This metadata with one name set.</summary>
    /// <param name="key">The name.</param>
    /// <param name="value">Its value.</param>
    public ServiceMetadata With(string key, string value) => Create([.. _pairs, new KeyValuePair<string, string>(key, value)]);

    /// <summary>This metadata without one name.</summary>
    /// <param name="key">The name.</param>
    public ServiceMetadata Without(string key) => ContainsKey(key) ? Create(_pairs.Where(pair => pair.Key != key)) : this;

    /// <inheritdoc/>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [NotNullWhen(true)] out string? value)
    {
        ArgumentNullException.ThrowIfNull(key);
        int low = 0;
        int high = _pairs.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = string.CompareOrdinal(_pairs[middle].Key, key);
            if (order == 0)
            {
                value = _pairs[middle].Value;
                return true;
            }

            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        value = null;
        return false;
    }

    /// <summary>Gets the value of a name, or a default.</summary>
    /// <param name="key">The name.</param>
    /// <param name="fallback">What is returned when there is none.</param>
    public string GetValueOrDefault(string key, string fallback = "") => TryGetValue(key, out string? value) ? value : fallback;

    /// <summary>Whether both hold the same names with the same values.</summary>
    /// <param name="other">The other one.</param>
    public bool Equals(ServiceMetadata? other) => ReferenceEquals(this, other) || (other is not null && _pairs.AsSpan().SequenceEqual(other._pairs));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ServiceMetadata);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach ((string key, string value) in _pairs)
        {
            hash.Add(key);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    /// <summary>The names and values, for messages: <c>weight=100, zone=a</c>.</summary>
    public override string ToString() => string.Join(", ", _pairs.Select(static pair => $"{pair.Key}={pair.Value}"));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, string>>)_pairs).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
