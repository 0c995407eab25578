using System.Runtime.CompilerServices;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Server;

/// <summary>Makes a handler without a result look like one with an empty result.</summary>
internal static class ActionAdapter
{
    public static UnaryHandler<TService, TRequest, NoResponse> Adapt<TService, TRequest>(ActionHandler<TService, TRequest> handler) =>
        (TService service, in TRequest request, CancellationToken cancellationToken) =>
        {
            ValueTask task = handler(service, in request, cancellationToken);
            if (!task.IsCompletedSuccessfully) return AwaitAsync(task);
            task.GetAwaiter().GetResult();
            return default;
        };

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<NoResponse> AwaitAsync(ValueTask task)
    {
        await task.ConfigureAwait(false);
        return default;
    }
}
