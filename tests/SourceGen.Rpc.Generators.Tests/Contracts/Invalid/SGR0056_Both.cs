[Service, Topic("orders")]
public partial interface IOrders
{
    ValueTask<int> PlacedAsync(int id);
}

[Service]
public partial interface IOrderService : IOrderEvents
{
    ValueTask<int> CountAsync();
}

[Topic("orders")]
public partial interface IOrderEvents
{
    ValueTask PlacedAsync(int id);
}
