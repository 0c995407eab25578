using SourceGen.Rpc.BuiltIn.Tests.Support;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.BuiltIn.Tests;

public sealed class DescribeTests
{
    [Fact]
    public async Task Every_service_is_listed_and_described_as_its_contract_says()
    {
        await using Shop shop = await Shop.OpenAsync();
        IDescribe describe = shop.Client.Get<IDescribe>();
        List<ServiceSummary> services = await describe.ListAsync().Soon();
        Assert.Equal(["Shop.Orders", "rpc.Health", "rpc.Describe", "rpc.Stats"], services.Select(service => service.Name));
        foreach (ServiceSummary summary in services)
        {
            ServiceDescription description = await describe.GetAsync(summary.Name).Soon();
            Assert.Equal((summary.Name, summary.Version, summary.Fingerprint),
                (description.Name, description.Version, description.Fingerprint));
            Assert.Equal(summary.Methods, description.Methods.Count);
        }

        ServiceDescription orders = await describe.GetAsync("Shop.Orders").Soon();
        RpcContract contract = ContractOf<IOrders>();
        Assert.Equal((contract.Schema, contract.Fingerprint), (orders.Schema, orders.Fingerprint));
        Assert.Equal(contract.Methods.Select(method => method.Name), orders.Methods.Select(method => method.Name));
        MethodDescription place = orders.Methods.Single(method => method.Name == "Place");
        Assert.Equal(
            [
                new("order", "\"SourceGen.Rpc.BuiltIn.Tests.Support.Order\"", false),
                new("priority", "int32", true),
                new("note", "string?", true),
            ],
            place.Parameters);
        Assert.Equal("\"SourceGen.Rpc.BuiltIn.Tests.Support.Receipt\"", place.Result);
        Assert.Equal((false, 0), (place.Idempotent, place.TimeoutMs));
        MethodDescription briefly = orders.Methods.Single(method => method.Name == "RunBriefly");
        Assert.Equal((true, 40, "int32"), (briefly.Idempotent, briefly.TimeoutMs, briefly.Result));
        Assert.Equal("void", orders.Methods.Single(method => method.Name == "Cancel").Result);
        Assert.Equal("oneway", orders.Methods.Single(method => method.Name == "Note").Result);
    }

    [Theory]
    [InlineData("Shop.Other", "", "'Shop.Other'")]
    [InlineData("Shop.Orders", "v2", "'Shop.Orders' version 'v2'")]
    public async Task What_is_not_there_is_not_found(string service, string version, string named)
    {
        await using Shop shop = await Shop.OpenAsync();
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => shop.Client.Get<IDescribe>().GetAsync(service, version).Soon());
        Assert.Equal(RpcStatusCode.NotFound, error.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    private static RpcContract<TService> ContractOf<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract;
}
