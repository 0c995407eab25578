using System.Security.Claims;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Tests.Transport.Tls;

namespace SourceGen.Rpc.Tests.EndToEnd;

/// <summary>Client and server in one process, over TCP, one call after the other: what is counted is what both allocate.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    private const int Calls = 5_000;
    private const int WarmUpRounds = 5;
    private const int Rounds = 25;

    [Fact]
    public Task AUnaryCall_AllocatesNothing() => AssertAllocatesNothingAsync(static async (lab, _, calls) =>
    {
        for (int i = 0; i < calls; i++)
        {
            if (await lab.AddAsync(i, 1) != i + 1) throw new InvalidOperationException($"call {i} got a wrong result");
        }
    });

    [Fact]
    public Task AUnaryCallOverTls_AllocatesNothing() => AssertAllocatesNothingAsync(
        static async (lab, _, calls) =>
        {
            for (int i = 0; i < calls; i++)
            {
                if (await lab.AddAsync(i, 1) != i + 1) throw new InvalidOperationException($"call {i} got a wrong result");
            }
        },
        "tls://127.0.0.1:0");

    [Fact]
    public Task AUnaryCallWithAToken_AllocatesNothing() => AssertAllocatesNothingAsync(static async (lab, token, calls) =>
    {
        for (int i = 0; i < calls; i++)
        {
            if (await lab.AddCancellableAsync(i, 1, token) != i + 1) throw new InvalidOperationException($"call {i} got a wrong result");
        }
    });

    [Fact]
    public Task AUnaryCallWithoutATimeLimit_AllocatesNothing() => AssertAllocatesNothingAsync(
        static async (lab, _, calls) =>
        {
            for (int i = 0; i < calls; i++)
            {
                if (await lab.AddAsync(i, 1) != i + 1) throw new InvalidOperationException($"call {i} got a wrong result");
            }
        },
        callTimeout: Timeout.InfiniteTimeSpan);

    [Fact]
    public Task AOneWayCall_AllocatesNothing() => AssertAllocatesNothingAsync(static async (lab, _, calls) =>
    {
        // A call with a reply now and then keeps the server from falling behind.
        for (int i = 0; i < calls; i++)
        {
            await lab.NoteAsync(i);
            if (i % 100 == 0) await lab.AddAsync(i, 1);
        }
    });

    /// <summary>Also where a policy was asked for once.</summary>
    [Fact]
    public Task AUnaryCallOverAnAuthenticatedConnection_AllocatesNothing() => AssertAllocatesNothingAsync(
        static async (lab, _, calls) =>
        {
            for (int i = 0; i < calls; i++)
            {
                if (await lab.AddAsync(i, 1) != i + 1) throw new InvalidOperationException($"call {i} got a wrong result");
            }
        },
        authenticates: true);

    private static async Task AssertAllocatesNothingAsync(
        Func<ILab, CancellationToken, int, Task> run,
        string address = "tcp://127.0.0.1:0",
        TimeSpan? callTimeout = null,
        bool authenticates = false)
    {
        // This process has clients, so that handlers would get a context each, which they do not have in a process that only serves.
        RpcServerOptions options = new RpcServerOptions { FlowContext = false }.Listen(address).UseTls(TestCertificates.Server);
        if (authenticates)
        {
            options.Access
                .AddBearerTokens(static (token, _) => new ValueTask<RpcAuthenticationResult>(RpcAuthenticationResult.Success(
                    new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, token)], "Test")), DateTimeOffset.UtcNow.AddHours(1))))
                .AddPolicy("ann", static user => user.Identity!.Name == "ann")
                .Require<ILab>("ann");
        }

        await using RpcServer server = new RpcServer(options).AddService<ILab>(new QuietLab());
        await server.StartAsync();
        RpcClientOptions patient = LabHost.Patient(TestTls.Use);
        patient.CallTimeout = callTimeout ?? patient.CallTimeout;
        if (authenticates) patient.Credentials = RpcCredentials.Bearer("ann");
        await using RpcClient client = await RpcClient.ConnectAsync(server.Addresses[0].ToString(), patient);
        ILab lab = client.Get<ILab>();
        using CancellationTokenSource source = new();

        // Many at once first: that fills the pools, from which every thread that comes to serve later takes its share.
        await Task.WhenAll(Enumerable.Range(0, 8192).Select(_ => run(lab, source.Token, 1))).Soon();
        for (int round = 0; round < WarmUpRounds; round++) await Task.Run(() => run(lab, source.Token, Calls)).Soon();

        // A machine that is busy with others makes the engine allocate now and then, to free a connection whose thread was not given a
        // core. What a call allocates shows in every round, so the least of them counts; they are short, so that some are undisturbed.
        long allocated = long.MaxValue;
        for (int round = 0; round < Rounds && allocated >= Calls; round++)
        {
            allocated = Math.Min(allocated, await Task.Run(async () =>
            {
                long before = GC.GetTotalAllocatedBytes(precise: true);
                await run(lab, source.Token, Calls);
                return GC.GetTotalAllocatedBytes(precise: true) - before;
            }).Soon());
        }

        Assert.True(allocated < Calls, $"{allocated:N0} bytes were allocated in {Calls:N0} calls, {(double)allocated / Calls:0.00} each");
    }

    /// <summary>Allocates nothing itself.</summary>
    private sealed class QuietLab : ILab
    {
        public ValueTask<int> AddAsync(int a, int b) => new(a + b);

        public ValueTask<int> AddCancellableAsync(int a, int b, CancellationToken ct = default) => new(a + b);

        public ValueTask<byte[]> EchoAsync(byte[] payload) => new(payload);

        public ValueTask<byte[]> BlobAsync(int size) => new(new byte[size]);

        public Task<string> GreetAsync(string name, int times = 2) => Task.FromResult(name);

        public ValueTask ResetAsync() => default;

        public Task PokeAsync() => Task.CompletedTask;

        public ValueTask NoteAsync(int value) => default;

        public ValueTask<int> RunAsync(string what, CancellationToken ct = default) => default;

        public ValueTask<int> RunBrieflyAsync(string what, CancellationToken ct = default) => default;

        public ValueTask<int> ConsumeAsync(string what, byte[] bytes, CancellationToken ct = default) => default;

        public ValueTask<Awkward> AwkwardAsync(Awkward value) => new(value);
    }
}
