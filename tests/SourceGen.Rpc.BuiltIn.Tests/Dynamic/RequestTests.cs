using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SourceGen.Rpc.BuiltIn.Tests.Support;

namespace SourceGen.Rpc.BuiltIn.Tests.Dynamic;

/// <summary>Calls by name with values of the caller's own types.</summary>
public sealed class RequestTests
{
    [Fact]
    public async Task Arguments_and_results_are_types_that_the_caller_has_a_serializer_for()
    {
        await using Shop shop = await Shop.OpenAsync();
        PlaceArguments arguments = new(new OrderForm([new LineForm(1, 2.5)], "Large", ["Ann", null, 30], "AQI="), 1, "soon");
        RpcRequest request = shop.Client.NewRequest("Shop.Orders", "Place", arguments, FormsContext.Default.PlaceArguments);
        Confirmation? receipt = await shop.Client.CallAsync(request, FormsContext.Default.Confirmation).Soon();
        Assert.Equal(new Confirmation(Orders.Id, "soon", Lines: 1, "Ann"), receipt);
    }

    [Fact]
    public async Task Json_does_as_well_as_text_and_without_arguments()
    {
        await using Shop shop = await Shop.OpenAsync();
        RpcRequest count = shop.Client.NewRequest("Shop.Orders", "Count", Encoding.UTF8.GetBytes("""{"first":5,"last":6}"""));
        Assert.Equal(5, (await shop.Client.CallAsync(count).Soon()).GetInt64());
        Assert.Equal(5, await shop.Client.CallAsync(count, FormsContext.Default.Int64).Soon());
        Assert.Equal(0, (await shop.Client.CallAsync(shop.Client.NewRequest("Shop.Orders", "Run")).Soon()).GetInt32());
        Assert.Equal("Shop.Orders/Count", count.ToString());
    }

    [Fact]
    public async Task Errors_name_what_is_wrong()
    {
        await using Shop shop = await Shop.OpenAsync();
        Assert.Equal(
            (RpcStatusCode.Unimplemented, $"The server at {shop.Address} has no service 'Shop.Order'; it has Shop.Orders, rpc.Health, rpc.Describe, rpc.Stats."),
            await ErrorAsync("Shop.Order", "Place", "[]"));
        Assert.Equal(
            (RpcStatusCode.Unimplemented, "Shop.Orders has no method 'Plce'; it has Cancel, Count, Note, Place, Run, RunBriefly, Stock."),
            await ErrorAsync("Shop.Orders", "Plce", "[]"));
        Assert.Equal(
            (RpcStatusCode.InvalidArgument, "Shop.Orders/Count was not called: first: expected int64, got \"x\"."),
            await ErrorAsync("Shop.Orders", "Count", """{"first":"x","last":1}"""));
        Assert.Equal(
            (RpcStatusCode.Unimplemented, $"The server at {shop.Address} has no service 'Shop.Orders' version 'v9'; it has Shop.Orders, rpc.Health, rpc.Describe, rpc.Stats."),
            await ErrorAsync("Shop.Orders", "Count", "[1,1]", "v9"));
        Assert.Throws<ArgumentException>(() => shop.Client.NewRequest("", "Count"));

        async Task<(RpcStatusCode, string)> ErrorAsync(string service, string method, string arguments, string? version = null)
        {
            RpcRequest request = shop.Client.NewRequest(service, method, Encoding.UTF8.GetBytes(arguments)).WithVersion(version);
            RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await shop.Client.CallAsync(request).Soon());
            Assert.Equal(RpcCallProgress.NotSent, error.Progress);
            return (error.Code, error.Message);
        }
    }

    [Fact]
    public async Task A_result_that_is_not_of_the_callers_type_is_an_error_that_says_so()
    {
        await using Shop shop = await Shop.OpenAsync();
        RpcRequest count = shop.Client.NewRequest("Shop.Orders", "Count", Encoding.UTF8.GetBytes("[1,1]"));
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            async () => await shop.Client.CallAsync(count, FormsContext.Default.Confirmation).Soon());
        Assert.Equal((RpcStatusCode.Internal, RpcCallProgress.Answered), (error.Code, error.Progress));
        Assert.StartsWith("What Shop.Orders/Count returned cannot be read as Confirmation: ", error.Message);
    }

    [Fact]
    public async Task The_callers_options_and_token_hold()
    {
        await using Shop shop = await Shop.OpenAsync();
        shop.Orders.OnRun = static async ct =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return 1;
        };
        RpcRequest run = shop.Client.NewRequest("Shop.Orders", "Run");
        await shop.Client.CallAsync(shop.Client.NewRequest("Shop.Orders", "Count", Encoding.UTF8.GetBytes("[1,1]"))).Soon(); // The contract is known.
        using (RpcCallScope.Begin(new RpcCallOptions { Timeout = TimeSpan.FromMilliseconds(50) }))
        {
            RpcException late = await Assert.ThrowsAsync<RpcException>(async () => await shop.Client.CallAsync(run).Soon());
            Assert.Equal(RpcStatusCode.DeadlineExceeded, late.Code);
        }

        using CancellationTokenSource source = new();
        Task<JsonElement> call = shop.Client.CallAsync(run, source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());
    }
}

/// <summary>The caller's own idea of the arguments, by parameter name.</summary>
internal sealed record PlaceArguments(
    [property: JsonPropertyName("order")] OrderForm Order,
    [property: JsonPropertyName("priority")] int Priority,
    [property: JsonPropertyName("note")] string? Note);

internal sealed record OrderForm(LineForm[] Lines, string Size, object?[] Customer, string Signature);

internal sealed record LineForm(int Sku, double Quantity);

/// <summary>A part of the receipt.</summary>
internal sealed record Confirmation(Guid Id, string Note, int Lines, string Customer);

[JsonSerializable(typeof(PlaceArguments))]
[JsonSerializable(typeof(Confirmation))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(int))]
internal sealed partial class FormsContext : JsonSerializerContext;
