namespace SourceGen.Rpc.Wire;

/// <summary>Completes the handshake of transports that have one of their own, before the wire protocol's.</summary>
internal static class TransportHandshake
{
    /// <summary>Shakes hands if the transport does.</summary>
    /// <param name="transport">The fresh connection.</param>
    /// <param name="limit">What <paramref name="timeout"/> allows, for the error.</param>
    /// <param name="timeout">Cancelled when the time for opening the connection is over, or by <paramref name="caller"/>.</param>
    /// <param name="caller">Cancelled when nobody wants the connection any more.</param>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.Unavailable"/>: it took too long. Other codes: the peer cannot be trusted, or speaks something else.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="caller"/> was cancelled.</exception>
    public static ValueTask CompleteAsync(
        ITransportConnection transport, TimeSpan limit, CancellationToken timeout, CancellationToken caller) =>
        transport is ITlsConnection tls ? CompleteTlsAsync(tls, limit, timeout, caller) : default;

    private static async ValueTask CompleteTlsAsync(ITlsConnection tls, TimeSpan limit, CancellationToken timeout, CancellationToken caller)
    {
        try
        {
            await tls.HandshakeAsync(timeout).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!caller.IsCancellationRequested)
        {
            throw new RpcException(
                RpcStatusCode.Unavailable,
                $"{tls.RemoteAddress} did not complete the TLS handshake within {limit.TotalSeconds:0.###} s. Does it speak TLS?",
                e)
            {
                Progress = RpcCallProgress.NotSent,
            };
        }
    }
}
