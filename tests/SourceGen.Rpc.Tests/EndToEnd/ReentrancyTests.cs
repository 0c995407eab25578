using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.EndToEnd;

/// <summary>Calls within calls, in both directions over one connection: nothing waits for itself.</summary>
[Collection(nameof(Alone))]
public sealed class ReentrancyTests
{
    [Theory]
    [InlineData("tcp://127.0.0.1:0", false)]
    [InlineData("tcp://127.0.0.1:0", true)]
    [InlineData("memory://", false)]
    [InlineData("memory://", true)]
    public async Task AHundredCallsAtOnce_EachTenDeepThereAndBack_AllReturn(string address, bool blocking)
    {
        await using LabHost host = await LabHost.StartAsync(address, Patient, add: static server => server.AddService<IHop>(new Hop()));
        IHop server = (await host.ConnectAsync(options => options.AddService<IHop>(new Hop()))).Get<IHop>();
        int[] hops = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => server.HopAsync(10, blocking).AsTask())).Soon();
        Assert.All(hops, hop => Assert.Equal(10, hop));
        Assert.Equal(0, host.Connections.Single().Calls.InFlight);
    }

    [Fact]
    public async Task BothSidesSendMoreThanEitherTakesUnread_AndNeitherWaitsForTheOther()
    {
        const int Calls = 60;
        const int Size = 100_000;
        await using LabHost host = await LabHost.StartAsync(
            configure: options =>
            {
                Patient(options);
                options.Limits.MaxOutputBacklog = 64 * 1024;
            });
        TaskCompletionSource<ILab> met = new(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Lab.On("meet", _ =>
        {
            met.SetResult(RpcContext.GetCaller<ILab>());
            return new ValueTask<int>(1);
        });
        ILab there = await host.GetAsync(options =>
        {
            options.Limits.MaxOutputBacklog = 64 * 1024;
            options.AddService<ILab>(new Lab());
        });
        await there.RunAsync("meet").Soon();
        ILab back = await met.Task.Soon();

        byte[] payload = Bytes.Random(1, Size);
        byte[][] echoes = await Task.WhenAll(Enumerable.Range(0, Calls).SelectMany(_ => new[]
        {
            Task.Run(async () => await there.EchoAsync(payload)),
            Task.Run(async () => await back.EchoAsync(payload)),
        })).Soon();

        Assert.All(echoes, echo => Assert.True(echo.AsSpan().SequenceEqual(payload)));
    }

    [Fact]
    public async Task OneWayCallsBeyondTheLimit_WhoseHandlersCallBack_AllFinish()
    {
        const int Limit = 8;
        Hop client = new();
        using Gate gate = new();
        client.BeforeLanding = gate.PassAsync;
        await using LabHost host = await LabHost.StartAsync(
            configure: options =>
            {
                Patient(options);
                options.Limits.MaxConcurrentCalls = Limit;
            },
            add: static server => server.AddService<IHop>(new Hop()));
        RpcClient rpc = await host.ConnectAsync(options => options.AddService<IHop>(client));
        IHop server = rpc.Get<IHop>();
        for (int i = 0; i < Limit * 2; i++) await server.SkipAsync(i).Soon();
        await Until.TrueAsync(() => gate.Count == Limit * 2, () => $"{gate.Count} of {Limit * 2} handlers called back");

        gate.Open();

        await Until.TrueAsync(() => client.Landed.Count == Limit * 2, () => $"{client.Landed.Count} landed");
        Assert.Equal(Enumerable.Range(0, Limit * 2), client.Landed.Order());
    }

    /// <summary>Calls back have time even when the machine is busy.</summary>
    private static void Patient(RpcServerOptions options) => options.CallTimeout = Waiting.Limit;
}
