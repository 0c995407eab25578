namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>A request with what is to be done when its answer comes. Sent over one connection only.</summary>
internal abstract class PendingRequest(OpCode op, string path, byte[] body)
{
    private volatile bool _isAbandoned;

    public OpCode Op { get; } = op;

    public byte[] Body { get; } = body;

    public int Xid { get; set; }

    /// <summary>When it was sent, as <see cref="Environment.TickCount64"/> has it.</summary>
    public long SentAt { get; set; }

    /// <summary>Who is to be told once of what happens to <see cref="WatchedPaths"/> from the answer on; null for nobody.</summary>
    public INodeWatcher? Watcher { get; init; }

    /// <summary>The node, for messages.</summary>
    public string Path { get; } = path;

    /// <summary>The nodes that the server watches when it has answered. Default: the node.</summary>
    public IReadOnlyList<string> WatchedPaths { get; init; } = [path];

    /// <summary>Nobody waits for the answer any more. It still comes, in its turn.</summary>
    public void Abandon() => _isAbandoned = true;

    /// <summary>The watch that the server has set, by the way it answered; null for none, and when nobody waits for the answer.</summary>
    public WatchKind? WatchSetBy(ErrorCode error) => Watcher is null || _isAbandoned
        ? null
        : (Op, error) switch
        {
            (OpCode.Exists, ErrorCode.NoNode) => WatchKind.Existence,
            (OpCode.Exists or OpCode.SetWatches, ErrorCode.Ok) => WatchKind.Data,
            (OpCode.GetChildren2, ErrorCode.Ok) => WatchKind.Children,
            _ => null,
        };

    /// <summary>Takes the answer.</summary>
    /// <param name="error">How it begins.</param>
    /// <param name="reader">What follows, which is nothing after an error.</param>
    /// <exception cref="ZooKeeperProtocolException">It is not an answer to this request.</exception>
    public abstract void Answer(ErrorCode error, ref JuteReader reader);

    /// <summary>There will be no answer.</summary>
    public abstract void Fail(Exception reason);
}
