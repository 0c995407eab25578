using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Local.Tests;

internal static class Sample
{
    public static ServiceRecord Record(string name, params IEnumerable<string> ids) => new(name, "1.0")
    {
        Nodes = [.. ids.Select(static id => new ServiceNode(id, $"tcp://127.0.0.1:5000"))],
    };

    public static async Task<RpcException> FailsAsync(RpcStatusCode code, Func<Task> operation)
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(operation);
        Assert.Equal(code, error.Code);
        return error;
    }
}
