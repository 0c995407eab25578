namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>The service <c>rpc.Delivery</c> of a process that subscribes: how those that publish bring it messages.</summary>
[Service(Name = "rpc.Delivery")]
internal partial interface IDelivery
{
    /// <summary>
    /// Brings messages for as long as both sides are there. The first item that comes back says who answers; each later one says what became of
    /// messages, in whatever order that was decided. <see cref="DeliveryFormat"/> has the bytes.
    /// </summary>
    /// <param name="batches">The messages, several in each item.</param>
    /// <param name="cancellationToken">Ends it; messages whose fate was not told are the publisher's.</param>
    IAsyncEnumerable<ReadOnlyMemory<byte>> DeliverAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> batches, CancellationToken cancellationToken = default);
}
