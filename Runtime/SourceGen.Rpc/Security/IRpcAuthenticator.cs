namespace SourceGen.Rpc;

/// <summary>
/// Finds out who connects, or who calls. A server has several in an order (<see cref="RpcAccessOptions.Authenticators"/>) and takes the
/// first answer that is not <see cref="RpcAuthenticationResult.NoResult"/>.
/// </summary>
/// <remarks>
/// It is asked once for each connection that opens, within <see cref="RpcServerOptions.HandshakeTimeout"/>, and once for each credential
/// that calls bring along, within <see cref="RpcAccessOptions.CheckTimeout"/>; many at once. It may await, and never runs where it could
/// hold up other connections or calls. What it throws is logged, and the caller is refused without being told.
/// </remarks>
public interface IRpcAuthenticator
{
    /// <summary>Judges what a peer says of itself.</summary>
    /// <param name="context">What is known of the peer.</param>
    /// <param name="cancellationToken">Cancelled when nobody waits any more.</param>
    ValueTask<RpcAuthenticationResult> AuthenticateAsync(RpcAuthenticationContext context, CancellationToken cancellationToken);
}
