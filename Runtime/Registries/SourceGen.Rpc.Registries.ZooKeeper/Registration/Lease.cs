namespace SourceGen.Rpc.Registries.ZooKeeper;

/// <summary>How long a node may live without being registered again.</summary>
internal sealed class Lease
{
    /// <summary>How long.</summary>
    public TimeSpan TimeToLive { get; set; }

    /// <summary>When that has passed, as <see cref="Environment.TickCount64"/> has it.</summary>
    public long EndsAt { get; set; }

    /// <summary>How many registrations of it are under way. It does not end meanwhile.</summary>
    public int Registering { get; set; }

    /// <summary>The removal of the node, which a registration waits for; null when there is none.</summary>
    public Task? Ending { get; set; }
}
