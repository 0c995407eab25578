using System.Threading.Channels;
using SourceGen.Rpc.Brokers.Nats.Tests.Support;
using SourceGen.Rpc.Brokers.RabbitMq.Tests.Support;
using SourceGen.Rpc.Plugins.Aot.Tests.Support;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Samples.Tests.Support;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Plugins.Aot.Tests;

/// <summary>Natively compiled programs publish and handle events and other messages by each broker, behind which the real server stands.</summary>
[Collection(NativeProgram.Collection)]
public sealed class NativeBrokerTests(NativeProgram program, ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public Task Memory() => ExchangeAsync(processes: 1, redelivers: true, "memory://shop");

    [Fact]
    public Task Direct() =>
        ExchangeAsync(processes: 2, redelivers: true, $"direct://shop?registry={Uri.EscapeDataString($"file://{_directory["services"]}")}");

    [Fact]
    public async Task Nats()
    {
        await using NatsServer server = await NatsServer.StartAsync();
        await ExchangeAsync(processes: 2, redelivers: false, server.Address);
    }

    [Fact]
    public async Task Nats_with_JetStream()
    {
        await using NatsServer server = await NatsServer.StartAsync(hasJetStream: true);
        await ExchangeAsync(processes: 2, redelivers: true, server.With("?jetstream=true"));
    }

    [Fact]
    public async Task RabbitMq_without_and_with_certificates_of_both_sides()
    {
        await using RabbitMqServer server = new();
        await server.StartAsync();
        await ExchangeAsync(processes: 2, redelivers: true, $"amqp://127.0.0.1:{server.Port}");
        TestCertificates files = server.Certificates;
        await ExchangeAsync(
            processes: 2,
            redelivers: true,
            $"amqps://127.0.0.1:{server.TlsPort}/shop?ca={files.Authority}&cert={files.ClientCertificate}&key={files.ClientKey}");
    }

    [Fact]
    public async Task A_broker_in_the_configuration()
    {
        await File.WriteAllTextAsync(_directory["appsettings.json"], """{ "Rpc": { "Broker": "memory://shop" } }""");
        await ExchangeAsync(processes: 1, redelivers: true);
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>
    /// The process that came last publishes; what becomes of each event and each letter is written by one process, or by all.
    /// </summary>
    private async Task ExchangeAsync(int processes, bool redelivers, params IReadOnlyList<string> broker)
    {
        Channel<string> written = Channel.CreateUnbounded<string>();
        List<string> expected = [], found = [];
        List<NativeProcess> members = [];
        try
        {
            for (int i = 0; i < processes; i++)
            {
                members.Add(NativeProcess.Start(program, _directory.Path, output, ["events", .. broker]));
                await members[i].UntilAsync(static line => line == "ready");
            }

            Task reading = Task.WhenAll(members.Select(member => member.ForwardAsync(written.Writer)));
            for (int i = 0; i < 10; i++)
            {
                await members[^1].WriteAsync($"order {i}");
                Expect(1, $"billing: {i} is fish and chips");
                Expect(processes, $"audit: {i} was placed by ann (native.Placed)");
                Expect(processes, $"audit: {i} was shipped in 2 parts");
                await members[^1].WriteAsync($"letter {i}");
                Expect(1, $"letter: {i}, by ann, with its key, delivery 1");
            }

            if (redelivers)
            {
                await members[^1].WriteAsync("letter later");
                Expect(1, "letter: later, by ann, with its key, delivery 2");
                await members[^1].WriteAsync("letter unwanted");
                Expect(processes, "dead letter: unwanted, since nobody wants it");
            }

            // No longer than for one that is missing: it is said below which.
            using CancellationTokenSource patience = new(Patience.Limit);
            while (found.Count < expected.Count && !patience.IsCancellationRequested)
                await ReadAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

            // Nor may anything have come twice.
            foreach (NativeProcess member in members) await member.EndAsync();
            await reading;
            while (written.Reader.TryRead(out string? line)) found.Add(line);
            Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        }
        finally
        {
            foreach (NativeProcess member in members) await member.DisposeAsync();
        }

        void Expect(int times, string line) => expected.AddRange(Enumerable.Repeat(line, times));

        async Task ReadAsync(CancellationToken cancellationToken) => found.Add(await written.Reader.ReadAsync(cancellationToken));
    }
}
