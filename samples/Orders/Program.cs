namespace Orders;

/// <summary>An order service that tells of what happens, two processes that bill in one group, and an audit that hears of everything.</summary>
internal static class Program
{
    /// <summary>The first argument of a process in one of the roles.</summary>
    public const string RoleArgument = "--role";

    public static Task<int> Main(string[] args) => args switch
    {
        [RoleArgument, string role, string registry, string broker] => Role.RunAsync(role, registry, broker),
        [] => Conductor.RunAsync(broker: null),
        [string broker] when broker.Contains("://", StringComparison.Ordinal) => Conductor.RunAsync(broker),
        _ => Usage(),
    };

    private static Task<int> Usage()
    {
        Console.Error.WriteLine(
            """
            Orders are placed by calls; who bills them and who audits hears of them by events.

              dotnet run --project samples/Orders                                         no infrastructure: direct:// between the processes
              dotnet run --project samples/Orders -- nats://127.0.0.1:4222                by NATS; ?jetstream=true for one that keeps events
              dotnet run --project samples/Orders -- amqp://guest:guest@127.0.0.1:5672    by RabbitMQ
            """);
        return Task.FromResult(2);
    }
}
