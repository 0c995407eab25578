using System.Text;

namespace SourceGen.Rpc.Selection;

/// <summary>
/// Which of how many clients of a service this one is: its place on the ring of the aperture. Load is even when the clients' indices are all
/// different and without gaps. Thread safe.
/// </summary>
public sealed class AperturePeers
{
    /// <summary>The most peers there can be, so that positions on the ring are exact.</summary>
    public const int MaxCount = 10_000_000;

    private volatile Place _place;

    /// <summary>Creates peers of which all is known.</summary>
    /// <param name="index">This client's number, from 0.</param>
    /// <param name="count">How many clients there are.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such client.</exception>
    public AperturePeers(int index, int count) => _place = Check(index, count);

    /// <summary>Another index or count was set.</summary>
    public event Action? Changed;

    /// <summary>This client's number, from 0.</summary>
    public int Index => _place.Index;

    /// <summary>How many clients there are.</summary>
    public int Count => _place.Count;

    /// <summary>
    /// The peers of a client of which only an identity is known: its place is a hash of that. Clients are then spread at random, so that some
    /// servers get about twice the mean load of a fleet; prefer an index, or the peers' identities.
    /// </summary>
    /// <param name="clientId">What tells the client from others, and stays when it restarts if its servers are to stay too.</param>
    public static AperturePeers FromHash(string clientId)
    {
        ArgumentException.ThrowIfNullOrEmpty(clientId);
        return new AperturePeers((int)(Hash(clientId) % MaxCount), MaxCount);
    }

    /// <summary>The peers of a client that knows them all, such as from the registry: its index is its place in their ordinal order.</summary>
    /// <param name="clientId">This client.</param>
    /// <param name="clientIds">All clients; this one is added when it is not among them.</param>
    public static AperturePeers FromIds(string clientId, IEnumerable<string> clientIds)
    {
        (int index, int count) = Find(clientId, clientIds);
        return new AperturePeers(index, count);
    }

    /// <summary>Clients came or went.</summary>
    /// <param name="index">This client's number, from 0.</param>
    /// <param name="count">How many clients there are.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such client.</exception>
    public void Update(int index, int count)
    {
        Place place = Check(index, count);
        if (place == _place) return;
        _place = place;
        Changed?.Invoke();
    }

    /// <summary>Clients came or went.</summary>
    /// <param name="clientId">This client.</param>
    /// <param name="clientIds">All clients; this one is added when it is not among them.</param>
    public void Update(string clientId, IEnumerable<string> clientIds)
    {
        (int index, int count) = Find(clientId, clientIds);
        Update(index, count);
    }

    /// <summary>Index and count, for messages.</summary>
    public override string ToString() => $"client {Index:N0} of {Count:N0}";

    /// <summary>Index and count of one moment.</summary>
    internal (int Index, int Count) Read()
    {
        Place place = _place;
        return (place.Index, place.Count);
    }

    /// <summary>A hash that is the same in every process: FNV-1a with a finalizer that mixes all bits (as in MurmurHash3).</summary>
    internal static ulong Hash(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in Encoding.UTF8.GetBytes(text)) hash = (hash ^ b) * 1099511628211;
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
        return hash ^ (hash >> 33);
    }

    private static (int Index, int Count) Find(string clientId, IEnumerable<string> clientIds)
    {
        ArgumentException.ThrowIfNullOrEmpty(clientId);
        ArgumentNullException.ThrowIfNull(clientIds);
        HashSet<string> ids = [.. clientIds, clientId];
        return (ids.Count(id => string.CompareOrdinal(id, clientId) < 0), ids.Count);
    }

    private static Place Check(int index, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxCount);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        return new Place(index, count);
    }

    private sealed record Place(int Index, int Count);
}
