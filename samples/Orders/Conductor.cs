using SourceGen.Rpc;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.File;

namespace Orders;

/// <summary>Starts the processes, places orders, and ends when all are billed and the audit has heard of it.</summary>
internal static class Conductor
{
    private const int Orders = 6;
    private static readonly string[] s_customers = ["ann", "bob", "cyd"];
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string? broker)
    {
        // Where the processes find each other: a directory that no other run uses.
        DirectoryInfo directory = Directory.CreateTempSubdirectory("orders-");
        try
        {
            string registry = $"file://{directory.FullName}";
            return await RunAsync(registry, broker ?? $"direct://orders?registry={Uri.EscapeDataString(registry)}");
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException or RpcException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<int> RunAsync(string registry, string broker)
    {
        int billed = 0;
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // Who subscribes comes first: nobody keeps events for those who are not there yet.
        await using Participant audit = await Participant.StartAsync("audit", "audit", registry, broker, Heard);
        await using Participant first = await Participant.StartAsync("billing", "billing 1", registry, broker);
        await using Participant second = await Participant.StartAsync("billing", "billing 2", registry, broker);
        await using Participant shop = await Participant.StartAsync("shop", "shop", registry, broker);

        await using IRegistry found = new FileRegistryProvider().Create(RpcAddress.Parse(registry));
        await using ServiceDirectory services = new(found);
        await using RpcClient client = RpcClient.Create(new RpcClientOptions { Directory = services });
        IOrders orders = client.Get<IOrders>();
        for (int i = 0; i < Orders; i++)
        {
            await orders.PlaceAsync(s_customers[i % s_customers.Length], "fish", i + 1);
            await Task.Delay(s_pause);
        }

        await done.Task.WaitAsync(s_patience);
        return 0;

        void Heard(string line)
        {
            if (line.Contains(" was billed by ", StringComparison.Ordinal) && ++billed == Orders) done.SetResult();
        }
    }
}
