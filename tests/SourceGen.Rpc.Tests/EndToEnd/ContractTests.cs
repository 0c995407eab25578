using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.EndToEnd;

/// <summary>Clients and servers whose contracts differ.</summary>
public sealed class ContractTests : IAsyncLifetime
{
    private readonly TestLog _log = new();
    private RpcServer _server = null!;
    private RpcClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = new RpcServer(new RpcServerOptions().Listen("memory://")).AddService<New.IDesk>(new New.Desk());
        await _server.StartAsync().Soon();
        _client = await RpcClient.ConnectAsync(_server.Addresses[0].ToString(), LabHost.Patient(options => options.LoggerFactory = _log)).Soon();
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync().Soon();
        await _server.DisposeAsync().Soon();
    }

    [Fact]
    public async Task CompatibleMethods_WorkUnderTheirNewNumbers()
    {
        Old.IDesk desk = _client.Get<Old.IDesk>();
        Assert.Equal(5, await desk.AddAsync(2, 3).Soon());
        Assert.Equal("xxx", await desk.GreetAsync("x").Soon());
    }

    [Fact]
    public async Task AnIncompatibleResult_FailsItsMethodAloneAndNamesTheDifference()
    {
        Old.IDesk desk = _client.Get<Old.IDesk>();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => desk.CountAsync().Soon());
        Assert.Equal((RpcStatusCode.Unimplemented, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains("Shop.Desk/Count differs", error.Message, StringComparison.Ordinal);
        Assert.Contains("int32", error.Message, StringComparison.Ordinal);
        Assert.Contains("string", error.Message, StringComparison.Ordinal);
        Assert.Contains(_server.Addresses[0].ToString(), error.Message, StringComparison.Ordinal);
        Assert.Equal(5, await desk.AddAsync(2, 3).Soon());
        Assert.Contains("Shop.Desk/Count", await _log.WaitForAsync("has another contract for Shop.Desk"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMissingMethod_FailsAloneAndListsWhatThereIs()
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => _client.Get<Old.IDesk>().RetiredAsync().Soon());
        Assert.Equal(RpcStatusCode.Unimplemented, error.Code);
        Assert.Contains("no method Shop.Desk/Retired", error.Message, StringComparison.Ordinal);
        Assert.Contains("Greet", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AOneWayMethodThatExpectsAReplyThere_FailsAlone()
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => _client.Get<Old.IDesk>().TellAsync("x").Soon());
        Assert.Contains("one-way here", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnUnknownService_ListsWhatThereIs()
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => _client.Get<ILab>().AddAsync(2, 3).Soon());
        Assert.Equal((RpcStatusCode.Unimplemented, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains("no service Tests.Lab; it has Shop.Desk", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherVersion_IsNamed()
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => _client.Get<Old.IDeskSeven>().AddAsync(2, 3).Soon());
        Assert.Contains("Shop.Desk version '7'", error.Message, StringComparison.Ordinal);
        Assert.Contains("it has version ''", error.Message, StringComparison.Ordinal);
    }
}
