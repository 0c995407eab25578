using System.Collections.Concurrent;

namespace SourceGen.Rpc.Telemetry.Tests.Support;

/// <summary>Notes the activity that it finds, and makes the call so many times.</summary>
internal sealed class Watching : IRpcServerFilter, IRpcClientFilter
{
    public int Times { get; init; } = 1;

    public ConcurrentQueue<Activity?> Seen { get; } = new();

    public async ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(
        RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
        where TRequest : struct
    {
        Seen.Enqueue(Activity.Current);
        for (int i = 1; i < Times; i++) await next(call);
        return await next(call);
    }
}
