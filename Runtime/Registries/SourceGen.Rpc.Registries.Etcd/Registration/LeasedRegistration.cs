namespace SourceGen.Rpc.Registries.Etcd.Registration;

/// <summary>
/// The nodes that were registered by one call, and the lease they hang on: what is registered again together lives and ends together.
/// Changed by whoever holds the gate.
/// </summary>
/// <param name="Seconds">How long the lease lives.</param>
internal sealed class LeasedRegistration(long Seconds)
{
    /// <summary>One at a time registers or deregisters these nodes.</summary>
    public SemaphoreSlim Gate { get; } = new(1);

    public long Seconds { get; } = Seconds;

    /// <summary>The lease; 0 when there is none, or it is lost.</summary>
    public long Lease { get; set; }

    /// <summary>The keys that were put, each with the value and the revision that this made.</summary>
    public Dictionary<string, (byte[] Value, long Revision)> Entered { get; } = new(StringComparer.Ordinal);

    /// <summary>When it was registered last, by <see cref="Environment.TickCount64"/>.</summary>
    public long RegisteredAt { get; set; } = Environment.TickCount64;
}
