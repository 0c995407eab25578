using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Security;
using SourceGen.Rpc.Server;
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

    /// <summary>
    /// Whether the peer opened the connection. The side that accepted it is the one that stops reading when its output is not read; if both
    /// did, two sides with much to say to each other would wait for each other for ever.
    /// </summary>
    public bool IsAccepted { get; init; }

    /// <summary>How long a call to the peer's services may take whose contract does not say, in milliseconds; -1 for no limit.</summary>
    public int PeerCallTimeoutMs { get; init; } = -1;

    /// <summary>What runs around calls to the peer's services.</summary>
    public FilterChain PeerCallFilters { get; init; } = FilterChain.Empty;

    /// <summary>Decides which requests may run; null when all may.</summary>
    public CallAdmission? Admission { get; init; }

    /// <summary>Who calls over the connection; null where nobody is authenticated.</summary>
    public ConnectionAccess? Access { get; init; }

    /// <summary>Whether credentials may go over the connection though others could read it.</summary>
    public bool AllowsInsecureCredentials { get; init; }

    /// <summary>The credential that this side opened the connection with; null for none.</summary>
    public RpcCredential? Credential { get; init; }

    /// <summary>
    /// Told on the receiver when the peer refuses a call because it does not know who makes it, with the client's credential that was
    /// refused; null for nobody.
    /// </summary>
    public Action<RpcConnection, RpcCredential>? Unauthenticated { get; init; }

    /// <summary>Where credentials of calls come from that have none of their own; null for nowhere.</summary>
    public CredentialStore? CallCredentials { get; init; }

    /// <summary>After what time the connection should be replaced by one with a new credential; null for never.</summary>
    public TimeSpan? RenewAfter { get; init; }

    /// <summary>Where a server counts what it turns away; null on a client.</summary>
    public RejectionCounters? Rejections { get; init; }

    /// <summary>See <see cref="RpcClientOptions.Isolation"/>; of no meaning on a server.</summary>
    public RpcIsolation Isolation { get; init; }

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
