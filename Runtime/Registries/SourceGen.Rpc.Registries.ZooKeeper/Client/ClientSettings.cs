using System.Collections.Immutable;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>What a client needs to know.</summary>
internal sealed record ClientSettings
{
    /// <summary>The servers of the ensemble, in whatever order.</summary>
    public required ImmutableArray<RegistryEndpoint> Endpoints { get; init; }

    /// <summary>How long one operation may take, going from server to server included.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The session's timeout to ask for first.</summary>
    public required TimeSpan SessionTimeout { get; init; }

    /// <summary>What is shown to the server by the scheme <c>digest</c>: <c>user:password</c>; null for nothing.</summary>
    public byte[]? Digest { get; init; }

    /// <summary>The access control list of what is created, serialized.</summary>
    public required byte[] Access { get; init; }

    /// <summary>How connections are encrypted; null for not at all.</summary>
    public TlsFiles? Tls { get; init; }

    /// <summary>The name that servers' certificates must have; null for the host of the address.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>
    /// How long one server may take to accept a connection at the most, so that all of them are tried within <see cref="Timeout"/>.
    /// </summary>
    public TimeSpan ConnectTimeout => TimeSpan.FromMilliseconds(Math.Max(100, Timeout.TotalMilliseconds / Endpoints.Length));

    /// <summary>
    /// How long a server may say nothing at all while a request waits for its answer. Half of an operation's time, so that the other half
    /// is left for another server.
    /// </summary>
    public TimeSpan SilenceTimeout => Timeout / 2;
}
