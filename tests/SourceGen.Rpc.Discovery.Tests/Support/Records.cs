using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Discovery.Tests.Support;

internal static class Records
{
    public const string Service = "Shop.Greeter";

    public static ServiceRecord Of(params string[] ids) => new(Service)
    {
        Nodes = [.. ids.Select(static id => new ServiceNode(id, $"tcp://10.0.0.1:{5000 + id[^1]}"))],
    };

    public static ServiceUrl Condition(string query = "check=false", string service = Service) =>
        ServiceUrl.Parse($"consumer://localhost/{service}?{query}");
}
