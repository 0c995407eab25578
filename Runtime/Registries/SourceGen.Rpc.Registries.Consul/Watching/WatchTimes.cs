using System.Diagnostics;
using SourceGen.Rpc.Registries.Consul.Protocol;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Consul.Watching;

/// <summary>How long queries of a watch may take.</summary>
/// <param name="Timeout">How long an answer at once may take.</param>
/// <param name="Wait">How long an agent is asked to wait for a change.</param>
internal sealed record WatchTimes(TimeSpan Timeout, TimeSpan Wait)
{
    /// <summary>What keeps a server that answers at once, without anything new, from being asked without end.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks, and waits as long as the query lets the agent wait.</summary>
    public async ValueTask<ConsulResult<T>> AskAsync<T>(
        string what, ConsulQuery query, Func<RegistryOperation, ValueTask<ConsulResult<T>>> ask, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan hold = query.Index == 0 ? TimeSpan.Zero : query.Wait + (query.Wait / 16);
        using RegistryOperation operation = new(what, Timeout + hold, cancellationToken);
        ConsulResult<T> result = await ask(operation).ConfigureAwait(false);
        if (result.Index == query.Index && Stopwatch.GetElapsedTime(start) < query.Wait)
        {
            await Task.Delay(s_pause, cancellationToken).ConfigureAwait(false);
        }
        return result;
    }
}
