using System.Diagnostics.CodeAnalysis;

namespace SourceGen.Rpc.CompilerServices;

/// <summary>
/// Compares keys whose type alone decides what is equal and how it hashes: tuples, user types, decimals. A peer can choose such keys so
/// that their whole hash codes are equal, which no comparer can tell apart; so while a collection is read this one counts the
/// comparisons that collisions cause, and ends the read when they are too many. Hash codes that differ are mixed with a seed of the
/// process, so that they cannot be chosen to share a bucket.
/// </summary>
/// <typeparam name="T">The type of the keys.</typeparam>
public sealed class CollisionGuard<T> : IEqualityComparer<T>
{
    private readonly string _type;
    private readonly int _count;
    private long _left;
    private bool _isReading = true;

    private CollisionGuard(string type, int count)
    {
        _type = type;
        _count = count;
        _left = (long)count * CollisionLimits.ComparisonsPerEntry;
    }

    /// <summary>Makes the comparer of a collection that is about to be read.</summary>
    /// <param name="type">The collection's type, as the error names it.</param>
    /// <param name="count">How many keys it will have.</param>
    /// <returns>Null, which stands for the default comparer, for as many as can do no harm if all of them collide.</returns>
    public static CollisionGuard<T>? For(string type, int count) =>
        count <= CollisionLimits.MaxUnguarded ? null : new CollisionGuard<T>(type, count);

    /// <summary>
    /// Ends counting: from here on the collection is its owner's, who may look up what and from as many threads as he likes.
    /// </summary>
    public void Release() => _isReading = false;

    /// <inheritdoc/>
    /// <exception cref="RpcSerializationException">A collection is being read whose keys collide too often.</exception>
    public bool Equals(T? x, T? y)
    {
        if (EqualityComparer<T>.Default.Equals(x, y)) return true;
        if (_isReading && --_left < 0) ThrowCollisions();
        return false;
    }

    /// <inheritdoc/>
    public int GetHashCode([DisallowNull] T obj) => KeyHash.Of((uint)obj.GetHashCode());

    /// <summary>Any two hash and compare alike, so that copies and operations between two sets take the short way.</summary>
    public override bool Equals(object? obj) => obj is CollisionGuard<T>;

    /// <inheritdoc/>
    public override int GetHashCode() => typeof(T).GetHashCode();

    [DoesNotReturn]
    private void ThrowCollisions() =>
        throw new RpcSerializationException(
            $"The {_count} keys of '{_type}' collide: reading them takes more than {CollisionLimits.ComparisonsPerEntry} comparisons a key, "
            + $"because too many have the same hash code. Either the sender chose them so, or '{typeof(T)}' needs a GetHashCode that "
            + "depends on all of its members.");
}
