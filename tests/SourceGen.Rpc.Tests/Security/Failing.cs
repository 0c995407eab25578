using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Security;

/// <summary>Calls that must fail.</summary>
internal static class Failing
{
    public static async Task<RpcException> WithAsync(
        RpcStatusCode code, Func<Task> call, RpcCallProgress progress = RpcCallProgress.Refused)
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call().Soon());
        Assert.Equal((code, progress), (error.Code, error.Progress));
        return error;
    }

    public static Task<RpcException> WithAsync<T>(RpcStatusCode code, Func<ValueTask<T>> call, RpcCallProgress progress = RpcCallProgress.Refused) =>
        WithAsync(code, () => call().AsTask(), progress);

    public static Task<RpcException> StreamWithAsync<T>(RpcStatusCode code, IAsyncEnumerable<T> items) => WithAsync(code, async () =>
    {
        await foreach (T _ in items)
        {
        }
    });
}
