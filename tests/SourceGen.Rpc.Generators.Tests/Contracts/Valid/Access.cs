namespace Shop;

/// <summary>The interface's requirement holds for all methods but the one that says otherwise.</summary>
[Service]
[RequireAuthorization]
public partial interface IOrders : IAdministration, IGreeting
{
    ValueTask<int> ListAsync();

    [RequireAuthorization("may \"pay\"")]
    [RequireAuthorization(Roles = ["cashier", "manager"])]
    ValueTask PayAsync(int order);

    [AllowAnonymous]
    IAsyncEnumerable<string> NewsAsync();

    [OneWay, RequireAuthorization("notes", Roles = ["clerk"])]
    ValueTask NoteAsync(string text);
}

/// <summary>What a base asks for is added to what the service asks for.</summary>
[RequireAuthorization(Roles = ["administrator"])]
public interface IAdministration
{
    ValueTask CloseAsync();

    [AllowAnonymous]
    ValueTask<bool> IsOpenAsync();
}

/// <summary>Nearer to its methods than the service.</summary>
[AllowAnonymous]
public interface IGreeting
{
    ValueTask<string> HelloAsync();

    [RequireAuthorization]
    ValueTask<string> HelloByNameAsync();
}
