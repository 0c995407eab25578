using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Streams;

/// <summary>The streams of one connection, and their windows.</summary>
internal sealed class ConnectionStreams
{
    /// <summary>From this many open streams on, sending waits a moment for what the others write.</summary>
    private const int Many = 3;

    private int _open;

    public ConnectionStreams(ConnectionSettings settings)
    {
        Receiving = new StreamLedger(settings.Local.StreamWindow, settings.Local.ConnectionStreamWindow);
        int peerTogether = settings.Peer.ConnectionStreamWindow > 0 ? settings.Peer.ConnectionStreamWindow : settings.Peer.StreamWindow;
        Sending = new StreamLedger(settings.Peer.StreamWindow, peerTogether);
        AreSupported = settings.Peer.StreamWindow > 0;
    }

    /// <summary>Whether the peer knows streams.</summary>
    public bool AreSupported { get; }

    /// <summary>What the peer has outstanding at this side.</summary>
    public StreamLedger Receiving { get; }

    /// <summary>What this side has outstanding at the peer.</summary>
    public StreamLedger Sending { get; }

    /// <summary>Streams that this side sends in calls it made, until the reply.</summary>
    public StreamTable<IUpload> Uploads { get; } = new();

    /// <summary>Streams that this side sends in calls it serves.</summary>
    public StreamTable<OutboundStream> Downloads { get; } = new();

    /// <summary>
    /// Streams that the peer sends in calls it made, by slot, until it has ended them: also when nobody reads them any more. The
    /// receiver's alone.
    /// </summary>
    public Dictionary<int, InboundUpload> Inbound { get; } = [];

    /// <summary>Items of several frames that are not complete. The receiver's alone.</summary>
    public int Partial { get; set; }

    /// <summary>Producers that are at work.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Whether several producers are at work.</summary>
    public bool ManyAreOpen => _open >= Many;

    /// <summary>A producer begins.</summary>
    public void Began() => Interlocked.Increment(ref _open);

    /// <summary>A producer has finished.</summary>
    public void Finished() => Interlocked.Decrement(ref _open);
}
