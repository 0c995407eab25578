using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Wire;

/// <summary>What the two sides agreed on, and how this side runs the connection.</summary>
internal sealed record ConnectionSettings
{
    /// <summary>The codec of every argument and result.</summary>
    public required ICodec Codec { get; init; }

    /// <summary>This side's limits.</summary>
    public required RpcLimits Local { get; init; }

    /// <summary>What the peer said of itself.</summary>
    public required HelloMessage Peer { get; init; }

    /// <summary>See <see cref="RpcConnectionOptions.LowLatency"/>.</summary>
    public bool LowLatency { get; init; }

    /// <summary>See <see cref="RpcConnectionOptions.FlowContext"/>.</summary>
    public bool FlowContext { get; init; }

    /// <summary>Silence after which the peer is asked for a sign of life, in milliseconds.</summary>
    public int KeepAliveIntervalMs { get; init; }

    /// <summary>How long it may take to give it, in milliseconds.</summary>
    public int KeepAliveTimeoutMs { get; init; }

    /// <summary>Joins this side's options and what the handshake brought.</summary>
    public static ConnectionSettings Create(RpcConnectionOptions options, ICodec codec, HelloMessage peer) => new()
    {
        Codec = codec,
        Local = options.Limits,
        Peer = peer,
        LowLatency = options.LowLatency,
        FlowContext = options.FlowContext,
        KeepAliveIntervalMs = (int)options.KeepAliveInterval.TotalMilliseconds,
        KeepAliveTimeoutMs = (int)options.KeepAliveTimeout.TotalMilliseconds,
    };
}
