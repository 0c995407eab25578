using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using SourceGen.Rpc.BuiltIn.Tests.Support;

namespace SourceGen.Rpc.BuiltIn.Tests;

/// <summary>Which built-in services are offered to whom.</summary>
public sealed partial class OfferTests
{
    [Theory]
    [InlineData(RpcBuiltInServices.None, "Shop.Orders")]
    [InlineData(RpcBuiltInServices.Health, "Shop.Orders rpc.Health")]
    [InlineData(RpcBuiltInServices.Describe | RpcBuiltInServices.Stats, "Shop.Orders rpc.Describe rpc.Stats")]
    [InlineData(RpcBuiltInServices.All, "Shop.Orders rpc.Health rpc.Describe rpc.Stats")]
    public async Task Each_can_be_switched_and_all_stand_behind_the_users_own(RpcBuiltInServices builtIns, string expected)
    {
        await using Shop shop = await Shop.OpenAsync(builtIns);
        Assert.Equal(expected, string.Join(' ', (await shop.Dynamic.ListServicesAsync().Soon()).Select(service => service.Name)));
    }

    [Fact]
    public void By_default_there_are_health_and_description() =>
        Assert.Equal(RpcBuiltInServices.Health | RpcBuiltInServices.Describe, new RpcServerOptions().BuiltInServices);

    [Fact]
    public async Task An_unknown_flag_is_refused_at_the_start()
    {
        await using RpcServer server = new(new RpcServerOptions { BuiltInServices = (RpcBuiltInServices)8 }.Listen("memory://"));
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => server.StartAsync().Soon());
        Assert.Contains("BuiltInServices is 8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_of_the_users_takes_the_place_of_a_built_in_one()
    {
        await using RpcServer server = new RpcServer(new RpcServerOptions().Listen("memory://")).AddService<IHealth>(new AlwaysIll());
        await server.StartAsync().Soon();
        await using RpcClient client = await RpcClient.ConnectAsync(server.Addresses[0].ToString(), Shop.Patient).Soon();
        Assert.Equal(ServingStatus.NotServing, await client.Get<IHealth>().CheckAsync().Soon());
    }

    [Fact]
    public async Task A_codec_that_does_not_know_their_types_does_without_them()
    {
        await using RpcServer server =
            new RpcServer(Json(new RpcServerOptions { BuiltInServices = RpcBuiltInServices.All }).Listen("memory://"))
            .AddService<IEcho>(new Echo());
        await server.StartAsync().Soon();
        await using RpcClient json = await RpcClient.ConnectAsync(server.Addresses[0].ToString(), Json(Shop.Patient)).Soon();
        Assert.Equal("x", await json.Get<IEcho>().SayAsync("x").Soon());
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => json.Get<IHealth>().CheckAsync().Soon());
        Assert.Equal(RpcStatusCode.Unimplemented, error.Code);

        await using RpcClient messagePack = await RpcClient.ConnectAsync(server.Addresses[0].ToString(), Shop.Patient).Soon();
        Assert.Equal("x", await messagePack.Get<IEcho>().SayAsync("x").Soon());
        Assert.Equal(ServingStatus.Serving, await messagePack.Get<IHealth>().CheckAsync().Soon());
    }

    [Fact]
    public async Task An_error_that_lists_services_lists_the_users_own()
    {
        await using Shop shop = await Shop.OpenAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => shop.Client.Get<IEcho>().SayAsync("x").Soon());
        Assert.EndsWith("has no service Tests.Echo; it has Shop.Orders.", error.Message, StringComparison.Ordinal);
    }

    internal static TOptions Json<TOptions>(TOptions options)
        where TOptions : RpcConnectionOptions
    {
        options.Codecs.Insert(0, new JsonCodec(EchoJson.Default));
        return options;
    }

    /// <summary>A service that needs no type but text.</summary>
    [Service(Name = "Tests.Echo")]
    internal partial interface IEcho
    {
        ValueTask<string> SayAsync(string text);
    }

    internal sealed class Echo : IEcho
    {
        public ValueTask<string> SayAsync(string text) => new(text);
    }

    private sealed class AlwaysIll : IHealth
    {
        public ValueTask<ServingStatus> CheckAsync(string service = "", CancellationToken cancellationToken = default) =>
            new(ServingStatus.NotServing);

        public async IAsyncEnumerable<ServingStatus> WatchAsync(
            string service = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            yield return ServingStatus.NotServing;
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }

    [JsonSerializable(typeof(string))]
    private sealed partial class EchoJson : JsonSerializerContext;
}
