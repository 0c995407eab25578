using System.Diagnostics;
using System.Globalization;
using SourceGen.Rpc.PubSub;
using SourceGen.Rpc.Registries.File;

namespace SourceGen.Rpc.Benchmarks.PubSub.Direct;

/// <summary>One process publishes 64 bytes as fast as it can, and one member of a group in another process handles them.</summary>
internal static class DirectThroughput
{
    private const int Prefetch = 8_192;

    /// <summary>Publishes, and prints what the other process has handled and acknowledged in each round.</summary>
    public static async Task PublishAsync(int rounds, TimeSpan time)
    {
        string directory = Directory.CreateTempSubdirectory("direct-").FullName;
        using Process subscriber = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["direct-subscriber", directory])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            await subscriber.StandardOutput.ReadLineAsync();
            await using DirectBroker broker = await ConnectAsync(directory);
            using CancellationTokenSource over = new();
            Task<long> publishing = Task.Run(() => PublishAllAsync(broker, over.Token));
            await Task.Delay(time); // The first one is not measured: code is still being compiled.
            List<double> rates = [];
            for (int i = 0; i < rounds; i++)
            {
                long before = await AskAsync(subscriber);
                long start = Stopwatch.GetTimestamp();
                await Task.Delay(time);
                long handled = await AskAsync(subscriber) - before;
                rates.Add(handled / Stopwatch.GetElapsedTime(start).TotalSeconds);
                Console.WriteLine($"round {i + 1}: {rates[^1]:N0} messages/s handled and acknowledged");
            }

            await over.CancelAsync();
            long published = await publishing;
            await broker.DisconnectAsync(); // Which waits for what is on its way.
            long all = await AskAsync(subscriber);
            Console.WriteLine($"{published:N0} messages were published, and {all:N0} handled and acknowledged");
            rates.Sort();
            Console.WriteLine($"median {rates[rates.Count / 2]:N0}, from {rates[0]:N0} to {rates[^1]:N0} messages/s, {Environment.ProcessorCount} cores");
        }
        finally
        {
            subscriber.StandardInput.Close();
            if (!subscriber.WaitForExit(10_000)) subscriber.Kill();
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Handles, and says how much with each line that it reads; ends with its input.</summary>
    public static async Task SubscribeAsync(string directory)
    {
        await using DirectBroker broker = await ConnectAsync(directory);
        ISubscription subscription = await broker.SubscribeAsync(
            "load",
            static (_, _) => new ValueTask<MessageOutcome>(MessageOutcome.Acknowledge),
            new SubscriptionOptions { QueueGroup = "load", Prefetch = Prefetch });
        do
        {
            Console.Out.WriteLine(subscription.Counts.Acknowledged.ToString(CultureInfo.InvariantCulture));
            Console.Out.Flush();
        }
        while (await Console.In.ReadLineAsync() is not null);
    }

    private static async Task<long> PublishAllAsync(DirectBroker broker, CancellationToken over)
    {
        OutgoingMessage message = new("load", new byte[64]);
        long published = 0;
        for (; !over.IsCancellationRequested; published++) await broker.PublishAsync(in message, CancellationToken.None);
        return published;
    }

    private static async Task<long> AskAsync(Process subscriber)
    {
        await subscriber.StandardInput.WriteLineAsync("?");
        await subscriber.StandardInput.FlushAsync();
        return long.Parse((await subscriber.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
    }

    private static async Task<DirectBroker> ConnectAsync(string directory)
    {
        DirectBroker broker = (DirectBroker)new DirectBrokerProvider([new FileRegistryProvider()]).Create(
            RpcAddress.Parse($"direct://load?registry={Uri.EscapeDataString("file://" + directory)}"));
        await broker.ConnectAsync();
        return broker;
    }
}
