using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>One server of a service, with the connection to it. It stays the same object while nothing is known to be different.</summary>
/// <param name="Instance">What the registry says about it.</param>
/// <param name="Channel">The connection, which other services of the client may share.</param>
internal sealed record Node(ServiceInstance Instance, ClientChannel Channel)
{
    /// <summary>Whether a call can be sent to it at this moment.</summary>
    public bool IsConnected => Channel.Current is { IsUsable: true };

    /// <inheritdoc/>
    public bool Equals(Node? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
