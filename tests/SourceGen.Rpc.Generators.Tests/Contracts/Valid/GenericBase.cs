namespace GenericBase;

public interface IStore<TKey, TValue>
{
    ValueTask<TValue> GetAsync(TKey key, List<TValue> others);

    [Method(Name = "PutAll")]
    Task PutAsync(Dictionary<int, TValue> values, CancellationToken ct);
}

public interface ITagged<T>
{
    ValueTask<T> TagAsync((T First, T Second) tags);
}

[Service]
public partial interface IOrders : IStore<string, Order?>, ITagged<(int Id, string? Name)>
{
    ValueTask<int> CountAsync();
}

public sealed record Order(int Id);
