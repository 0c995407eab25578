[Topic("orders")]
public partial interface IOrderEvents
{
    ValueTask<int> PlacedAsync(int id);

    Task<string> ShippedAsync(int id);

    IAsyncEnumerable<int> WatchAsync();

    void Closed(int id);

    ref ValueTask Moved(int id);

    ValueTask LinesAsync(int id, IAsyncEnumerable<int> lines, CancellationToken cancellationToken);

    Task ReadAsync(System.Threading.Channels.ChannelReader<int> lines);

    ValueTask FineAsync(IEnumerable<int> lines);
}
