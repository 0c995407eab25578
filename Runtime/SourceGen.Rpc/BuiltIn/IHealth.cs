namespace SourceGen.Rpc.BuiltIn;

/// <summary>The built-in service <c>rpc.Health</c>: what load balancers and supervisors ask.</summary>
[Service(Name = "rpc.Health")]
public partial interface IHealth
{
    /// <summary>Asks whether the server or one of its services is ready for calls.</summary>
    /// <param name="service">The service's name on the wire, such as <c>Shop.Greeter</c>; empty for the server as a whole.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Method(Idempotent = true)]
    ValueTask<ServingStatus> CheckAsync(string service = "", CancellationToken cancellationToken = default);

    /// <summary>
    /// Sends the status at once, and again whenever it is another one; a reader that is slow misses what lay between. The stream ends when
    /// the server stops, after <see cref="ServingStatus.NotServing"/>. At most 1,000 clients watch a server at a time.
    /// </summary>
    /// <param name="service">The service's name on the wire; empty for the server as a whole. It need not exist yet.</param>
    /// <param name="cancellationToken">Ends it.</param>
    IAsyncEnumerable<ServingStatus> WatchAsync(string service = "", CancellationToken cancellationToken = default);
}
