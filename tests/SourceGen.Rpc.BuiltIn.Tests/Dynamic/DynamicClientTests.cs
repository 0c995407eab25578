using System.Buffers;
using System.Text;
using System.Text.Json;
using SourceGen.Rpc.BuiltIn.Tests.Support;
using SourceGen.Rpc.Dynamic;

namespace SourceGen.Rpc.BuiltIn.Tests.Dynamic;

/// <summary>Calls from JSON to JSON, with no generated code on the client's side.</summary>
public sealed class DynamicClientTests
{
    private const string Order =
        """{"Lines":[{"Sku":1,"Quantity":2.5},{"Sku":2,"Quantity":1}],"Size":"Large","Customer":["Ann",null,30],"Signature":"AQI="}""";

    [Theory]
    [InlineData(RpcBuiltInServices.All)]
    [InlineData(RpcBuiltInServices.None)]
    public async Task A_method_is_called_by_name_or_position_and_defaults_are_the_servers(RpcBuiltInServices builtIns)
    {
        await using Shop shop = await Shop.OpenAsync(builtIns);
        const string Receipt =
            """{"Id":"00112233-4455-6677-8899-aabbccddeeff","At":"2024-02-29T12:00:00Z","Within":"01:30:00",""" +
            "\"Note\":\"NOTE\",\"Priority\":PRIO,\"Lines\":2,\"Customer\":\"Ann\"}";
        Assert.Equal(
            Receipt.Replace("NOTE", "no note").Replace("PRIO", "3"),
                await CallAsync(shop, "Shop.Orders", "Place", $$"""{"order":{{Order}}}"""));
        Assert.Equal(
            Receipt.Replace("NOTE", "soon").Replace("PRIO", "1"),
            await CallAsync(shop, "Shop.Orders", "Place", $$"""{"note":"soon","priority":1,"order":{{Order}}}"""));
        Assert.Equal(Receipt.Replace("NOTE", "no note").Replace("PRIO", "9"),
            await CallAsync(shop, "Shop.Orders", "Place", $"[{Order}, 9]"));
    }

    [Fact]
    public async Task Maps_with_keys_of_any_type_and_numbers_beyond_JavaScripts_travel()
    {
        await using Shop shop = await Shop.OpenAsync();
        Assert.Equal("""{"1":"Large","2":7}""",
            await CallAsync(shop, "Shop.Orders", "Stock", """{"prices":[[[1,5],"12.50"],[[2,6],0.10]]}"""));
        Assert.Equal("9007199254740993", await CallAsync(shop, "Shop.Orders", "Count", """[9007199254740993, "18446744073709551615"]"""));
        Assert.Equal("-9223372036854775808", await CallAsync(shop, "Shop.Orders", "Count", """["-9223372036854775808", 1e2]"""));
    }

    [Fact]
    public async Task Methods_without_a_result_give_null_and_errors_are_the_handlers()
    {
        await using Shop shop = await Shop.OpenAsync();
        Assert.Equal("null", await CallAsync(shop, "Shop.Orders", "Cancel", $"[\"{Orders.Id}\"]"));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => CallAsync(shop, "Shop.Orders", "Cancel", $"[\"{Guid.Empty}\"]"));
        Assert.Equal((RpcStatusCode.NotFound, "There is no such order.", RpcCallProgress.Answered),
            (error.Code, error.Message, error.Progress));
        Assert.Equal("null", await CallAsync(shop, "Shop.Orders", "Note", """{"text":"hi"}"""));
        await Until.TrueAsync(() => shop.Orders.Notes.SequenceEqual(["hi"]), () => "the note did not arrive");
        Assert.Equal("0", await CallAsync(shop, "Shop.Orders", "Run", ""));
        Assert.Equal("0", await CallAsync(shop, "Shop.Orders", "Run", "{}"));
        Assert.Equal("0", await CallAsync(shop, "Shop.Orders", "Run", "null"));
    }

    [Fact]
    public async Task A_built_in_service_is_called_like_any_other()
    {
        await using Shop shop = await Shop.OpenAsync();
        Assert.Equal("\"Serving\"", await CallAsync(shop, "rpc.Health", "Check", """{"service":"Shop.Orders"}"""));
        using JsonDocument stats = JsonDocument.Parse(await CallAsync(shop, "rpc.Stats", "Get", "[]"));
        Assert.Equal(1, stats.RootElement.GetProperty("Connections").GetInt32());
    }

    [Fact]
    public async Task Elements_and_writers_do_as_well_as_bytes()
    {
        await using Shop shop = await Shop.OpenAsync();
        using JsonDocument arguments = JsonDocument.Parse("""{"first":5,"last":6}""");
        JsonElement result = await shop.Dynamic.CallAsync("Shop.Orders", "Count", arguments.RootElement).Soon();
        Assert.Equal(5, result.GetInt64());
        Assert.Equal(0, (await shop.Dynamic.CallAsync("Shop.Orders", "Run", default(JsonElement)).Soon()).GetInt32());

        ArrayBufferWriter<byte> bytes = new();
        await using Utf8JsonWriter output = new(bytes);
        DynamicMethod count = (await shop.Dynamic.GetServiceAsync("Shop.Orders").Soon()).GetMethod("Count");
        output.WriteStartObject();
        output.WritePropertyName("result");
        await count.CallAsync(Encoding.UTF8.GetBytes("[7,8]"), output).Soon();
        output.WriteEndObject();
        await output.FlushAsync();
        Assert.Equal("""{"result":7}""", Encoding.UTF8.GetString(bytes.WrittenSpan));
    }

    [Fact]
    public async Task A_service_tells_its_methods_with_their_signatures()
    {
        await using Shop shop = await Shop.OpenAsync();
        DynamicService service = await shop.Dynamic.GetServiceAsync("Shop.Orders").Soon();
        Assert.Equal(["Cancel", "Count", "Note", "Place", "Run", "RunBriefly", "Stock"], service.Methods.Select(method => method.Name));
        DynamicMethod count = service.GetMethod("Count");
        Assert.Equal("Count(first: int64, last: uint64) -> int64", count.Signature);
        Assert.Equal(("Shop.Orders/Count", "int64", false, false, 0),
            (count.FullName, count.Result, count.IsOneWay, count.IsIdempotent, count.TimeoutMs));
        Assert.Equal([new("first", "int64", false), new("last", "uint64", false)], count.Parameters);
        Assert.True(service.GetMethod("Note").IsOneWay);
        DynamicMethod briefly = service.GetMethod("RunBriefly");
        Assert.Equal((true, 40), (briefly.IsIdempotent, briefly.TimeoutMs));
        Assert.Same(service, await shop.Dynamic.GetServiceAsync("Shop.Orders").Soon());
        Assert.False(service.TryGetMethod("count", out DynamicMethod? _));
    }

    [Fact]
    public async Task Unknown_services_and_methods_are_named_with_what_there_is()
    {
        await using Shop shop = await Shop.OpenAsync(RpcBuiltInServices.Health);
        RpcException service = await Assert.ThrowsAsync<RpcException>(() => CallAsync(shop, "Shop.Order", "Count", "[]"));
        Assert.Equal((RpcStatusCode.Unimplemented, RpcCallProgress.NotSent), (service.Code, service.Progress));
        Assert.EndsWith("has no service 'Shop.Order'; it has Shop.Orders, rpc.Health.", service.Message, StringComparison.Ordinal);
        RpcException version = await Assert.ThrowsAsync<RpcException>(() => shop.Dynamic.GetServiceAsync("Shop.Orders", "v2").Soon());
        Assert.Contains("'Shop.Orders' version 'v2'", version.Message, StringComparison.Ordinal);
        RpcException method = await Assert.ThrowsAsync<RpcException>(() => CallAsync(shop, "Shop.Orders", "count", "[]"));
        Assert.Equal(RpcStatusCode.Unimplemented, method.Code);
        Assert.Equal("Shop.Orders has no method 'count'; it has Cancel, Count, Note, Place, Run, RunBriefly, Stock.", method.Message);
    }

    [Fact]
    public async Task A_contracts_own_time_limit_holds_when_the_server_describes_it()
    {
        await using Shop shop = await Shop.OpenAsync();
        shop.Orders.OnRun = async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return 0;
        };
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => CallAsync(shop, "Shop.Orders", "RunBriefly", "[]"));
        Assert.Equal(RpcStatusCode.DeadlineExceeded, error.Code);
        Assert.Contains("within 40 ms", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_can_be_cancelled_and_its_handler_learns_it()
    {
        await using Shop shop = await Shop.OpenAsync();
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        shop.Orders.OnRun = async token =>
        {
            using CancellationTokenRegistration registration = token.Register(cancelled.SetResult);
            entered.SetResult();
            await cancelled.Task;
            return 0;
        };
        using CancellationTokenSource source = new();
        Task call = shop.Dynamic.CallAsync("Shop.Orders", "Run", default(ReadOnlyMemory<byte>), source.Token).AsTask();
        await entered.Task.Soon();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
        await cancelled.Task.Soon();
    }

    [Fact]
    public async Task A_connection_without_MessagePack_says_what_to_do()
    {
        await using RpcServer server = new RpcServer(OfferTests.Json(new RpcServerOptions()).Listen("memory://"))
            .AddService<OfferTests.IEcho>(new OfferTests.Echo());
        await server.StartAsync().Soon();
        await using DynamicRpcClient client =
            await DynamicRpcClient.ConnectAsync(server.Addresses[0].ToString(), OfferTests.Json(Shop.Patient)).Soon();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => client.GetServiceAsync("Tests.Echo").Soon());
        Assert.Equal(RpcStatusCode.Unimplemented, error.Code);
        Assert.Contains("codec 'json'", error.Message, StringComparison.Ordinal);
        Assert.Contains("MessagePackCodec.Instance", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_the_server_was_replaced_the_new_contract_is_used()
    {
        string address = $"memory://{nameof(After_the_server_was_replaced_the_new_contract_is_used)}";
        RpcServer first = new RpcServer(new RpcServerOptions().Listen(address)).AddService<IEchoV1>(new EchoV1());
        await first.StartAsync().Soon();
        RpcClientOptions options = Shop.Patient;
        options.ReconnectDelay = TimeSpan.FromMilliseconds(1);
        await using RpcClient rpc = await RpcClient.ConnectAsync(address, options).Soon();
        DynamicRpcClient client = DynamicRpcClient.Over(rpc);
        DynamicMethod old = (await client.GetServiceAsync("Tests.Growing").Soon()).GetMethod("Say");
        Assert.Equal("\"x\"", Text(await old.CallAsync(Utf8("[\"x\"]")).Soon()));
        await first.DisposeAsync().Soon();
        await Until.TrueAsync(() => !rpc.IsConnected, () => "the client has not noticed that the server is gone");

        await using RpcServer second = new RpcServer(new RpcServerOptions().Listen(address)).AddService<IEchoV2>(new EchoV2());
        await second.StartAsync().Soon();

        // The method that was got before goes on by its name, though its number is another now.
        Assert.Equal("\"x once\"", Text(await old.CallAsync(Utf8("[\"x\"]")).Soon()));
        Assert.Equal("\"x twice\"", Text(await client.CallAsync("Tests.Growing", "Say", Utf8("""{"text":"x","how":"twice"}""")).Soon()));
    }

    [Fact]
    public async Task Disposing_closes_only_what_is_its_own()
    {
        await using Shop shop = await Shop.OpenAsync();
        await shop.Dynamic.DisposeAsync().Soon();
        Assert.Equal(1, await shop.Client.Get<IOrders>().CountAsync(1, 1).Soon());
        DynamicRpcClient own = await DynamicRpcClient.ConnectAsync(shop.Address, Shop.Patient).Soon();
        Assert.Equal(shop.Address, own.Address?.ToString());
        await own.DisposeAsync().Soon();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => own.ListServicesAsync().Soon());
        Assert.Contains("disposed", error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> CallAsync(Shop shop, string service, string method, string arguments) =>
        Text(await shop.Dynamic.CallAsync(service, method, Utf8(arguments)).Soon());

    private static ReadOnlyMemory<byte> Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
