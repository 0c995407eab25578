using System.Text.Json;
using SourceGen.Rpc.Discovery.Tests.Support;

namespace SourceGen.Rpc.Discovery.Tests.Client;

/// <summary>Calls by name, of one server and of those that a directory knows; all kinds of streams.</summary>
public sealed class RequestTests
{
    private const string Service = "Tests.Ping";

    [Fact]
    public async Task OverADirectoryCallsByNameGoToAllServersInTurn()
    {
        await using Fleet fleet = new();
        foreach (string name in (string[])["a", "b"]) await fleet.StartAsync(name);
        await fleet.ReachesAsync("a", "b");
        RpcRequest who = fleet.Client.NewRequest(Service, "Who");
        HashSet<string?> answers = [];
        for (int i = 0; i < 8; i++) answers.Add((await fleet.Client.CallAsync(who)).GetString());
        Assert.Equal(["a", "b"], answers.Order());
    }

    [Fact]
    public async Task AServiceThatNobodyOffersIsNamed()
    {
        await using Fleet fleet = new(static options => options.ConnectTimeout = TimeSpan.FromMilliseconds(200));
        await fleet.StartAsync("a");
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            async () => await fleet.Client.CallAsync(fleet.Client.NewRequest("Tests.Pong", "Who")));
        Assert.Equal((RpcStatusCode.NotFound, RpcCallProgress.NotSent), (error.Code, error.Progress));
        Assert.Contains("Tests.Pong", error.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EveryKindOfStreamIsCalledByName(bool overDirectory)
    {
        await using Fleet fleet = new();
        RpcServer server = await fleet.StartAsync("a");
        await using RpcClient single = RpcClient.Create(server.Addresses[0].ToString());
        RpcClient client = overDirectory ? fleet.Client : single;

        Assert.Equal(["a 0", "a 1", "a 2"], await TextsAsync(client.StreamAsync(client.NewRequest(Service, "Count", Json("""{"count":3}""")))));
        Assert.Equal("a 6", (await client.CallAsync(client.NewRequest(Service, "Sum").WithItems(Numbers(1, 2, 3)))).GetString());
        Assert.Equal(JsonValueKind.Null, (await client.CallAsync(client.NewRequest(Service, "Put").WithItems(Numbers(1)))).ValueKind);
        RpcRequest echo = client.NewRequest(Service, "Echo").WithItems(Numbers(7, 8));
        Assert.Equal(["a 7", "a 8"], await TextsAsync(client.StreamAsync(echo)));
        Assert.Equal(["a 7", "a 8"], await TextsAsync(client.StreamAsync(echo))); // A request can be sent again.
    }

    [Fact]
    public async Task AMethodThatIsCalledAsAnotherKindIsNotCalledAndTheMessageSaysHowItIs()
    {
        await using Fleet fleet = new();
        await fleet.StartAsync("a");
        RpcClient client = fleet.Client;
        Assert.Contains("its result is a stream; call it with StreamAsync and without items", await RefusalAsync("Count", """[1]"""));
        Assert.Contains("it takes the stream 'numbers'; call it with CallAsync and with items", await RefusalAsync("Sum", "[]"));
        Assert.Contains("it takes the stream 'numbers' and its result is one", await RefusalAsync("Echo", "[]"));
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => TextsAsync(client.StreamAsync(client.NewRequest(Service, "Who"))));
        Assert.Contains("it has no stream; call it with CallAsync", error.Message);
        Assert.Equal(0, fleet.Services["a"].Calls);

        async Task<string> RefusalAsync(string method, string arguments)
        {
            RpcException refused = await Assert.ThrowsAsync<RpcException>(
                async () => await client.CallAsync(client.NewRequest(Service, method, Json(arguments))));
            Assert.Equal((RpcStatusCode.InvalidArgument, RpcCallProgress.NotSent), (refused.Code, refused.Progress));
            return refused.Message;
        }
    }

    [Fact]
    public async Task AnItemThatDoesNotFitFailsTheCallAndIsNamed()
    {
        await using Fleet fleet = new();
        await fleet.StartAsync("a");
        RpcRequest request = fleet.Client.NewRequest(Service, "Sum").WithItems(Items("1", "\"two\""));
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await fleet.Client.CallAsync(request));
        Assert.Equal(RpcStatusCode.InvalidArgument, error.Code);
        Assert.Contains("Item 1 of 'numbers' does not fit Tests.Ping/Sum: expected int32, got", error.Message);
    }

    [Fact]
    public async Task GivingUpAStreamEndsIt()
    {
        await using Fleet fleet = new();
        await fleet.StartAsync("a");
        using CancellationTokenSource source = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            RpcRequest request = fleet.Client.NewRequest(Service, "Count", Json("[1000000]"));
            await foreach (JsonElement _ in fleet.Client.StreamAsync(request, source.Token)) await source.CancelAsync();
        });
    }

    private static JsonElement Json(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static IAsyncEnumerable<JsonElement> Numbers(params int[] numbers) => Items([.. numbers.Select(static number => number.ToString())]);

    private static async IAsyncEnumerable<JsonElement> Items(params string[] items)
    {
        foreach (string item in items)
        {
            await Task.Yield();
            yield return Json(item);
        }
    }

    private static async Task<List<string?>> TextsAsync(IAsyncEnumerable<JsonElement> items)
    {
        List<string?> texts = [];
        await foreach (JsonElement item in items) texts.Add(item.GetString());
        return texts;
    }
}
