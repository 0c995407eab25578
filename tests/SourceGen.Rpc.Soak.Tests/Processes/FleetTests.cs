using System.Collections.Concurrent;
using System.Globalization;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.File;
using SourceGen.Rpc.Soak.Peer;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Soak.Tests.Processes;

/// <summary>
/// Five processes that are replaced one after the other, once or FLEET_ROUNDS times, under 2,000 calls a second: none may fail.
/// </summary>
public sealed class FleetTests
{
    private const int Servers = 5;
    private const int CallsPerSecond = 2_000;
    private const int StepMs = 5;

    private static readonly int s_rounds =
        int.TryParse(Environment.GetEnvironmentVariable("FLEET_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) ? rounds : 1;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task C58_NoCallFailsWhileServersAreReplaced_InOrderOrByKillingThem(bool inOrder)
    {
        if (!OperatingSystem.IsLinux()) return; // Signals have other numbers elsewhere.
        string registryPath = Path.Combine(Path.GetTempPath(), $"fleet-{Guid.NewGuid():N}");
        string address = $"file://{registryPath}";
        Queue<PeerProcess> running = new();
        try
        {
            for (int i = 0; i < Servers; i++) running.Enqueue(await PeerProcess.JoinAsync(address));
            await using FileRegistry registry = new(new FileRegistryOptions { Directory = registryPath });
            await using ServiceDirectory directory = new(registry);
            await using RpcClient client = RpcClient.Create(new RpcClientOptions { Directory = directory });
            IPeer peer = client.Get<IPeer>();
            await peer.SumAsync(1, 2).Soon();
            ConcurrentQueue<Exception> failures = [];
            Counter calls = new();
            using CancellationTokenSource done = new();
            Task calling = CallAsync(peer, inOrder, calls, failures, done.Token);
            for (int i = 0; i < s_rounds * Servers; i++)
            {
                long before = calls.Made;
                await Until.TrueAsync(() => calls.Made > before + 500, () => $"{calls.Made} calls are made");
                using PeerProcess oldest = running.Dequeue();
                if (inOrder) await oldest.TerminateAsync();
                else oldest.Kill();
                running.Enqueue(await PeerProcess.JoinAsync(address));
            }

            await done.CancelAsync();
            await calling.Soon();
            Assert.True(failures.IsEmpty, $"{failures.Count} of {calls.Made} calls failed: {failures.FirstOrDefault()}");
            Assert.True(calls.Made > 500 * Servers * s_rounds);
        }
        finally
        {
            foreach (PeerProcess process in running) process.Dispose();
            if (Directory.Exists(registryPath)) Directory.Delete(registryPath, recursive: true);
        }
    }

    /// <summary>Makes calls at a steady rate, whether they are answered or not. What stops in order may run a call once; what is killed, twice.</summary>
    private static async Task CallAsync(
        IPeer peer, bool mayRunOnce, Counter calls, ConcurrentQueue<Exception> failures, CancellationToken done)
    {
        List<Task> inFlight = [];
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(StepMs));
        while (!done.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            for (int i = 0; i < CallsPerSecond * StepMs / 1000; i++) inFlight.Add(OneAsync());
            inFlight.RemoveAll(static call => call.IsCompleted);
        }

        await Task.WhenAll(inFlight);

        async Task OneAsync()
        {
            calls.Increment();
            try
            {
                int sum = mayRunOnce ? await peer.AddAsync(2, 3) : await peer.SumAsync(2, 3);
                if (sum != 5) throw new InvalidOperationException($"2 + 3 is {sum}.");
            }
            catch (Exception e)
            {
                failures.Enqueue(e);
            }
        }
    }

    private sealed class Counter
    {
        private long _made;

        public long Made => Interlocked.Read(ref _made);

        public void Increment() => Interlocked.Increment(ref _made);
    }
}
