using System.Diagnostics;
using System.Runtime.ExceptionServices;
using SourceGen.Rpc.Policies;
using SourceGen.Rpc.Telemetry;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>
/// Makes calls as their policies say. A call of the usual policy is here only when its first attempt could not be made at once, or failed;
/// what happens before is on the path of every call, and in the invokers.
/// </summary>
internal static class Strategies
{
    /// <summary>Makes a call from the beginning.</summary>
    /// <param name="route">What is called.</param>
    /// <param name="call">With which arguments.</param>
    /// <param name="key">What it has in common with others; null for nothing.</param>
    /// <param name="started">When it was made, as <see cref="Stopwatch.GetTimestamp"/> has it.</param>
    /// <param name="cancellationToken">The token that it was made with.</param>
    public static async ValueTask<TResponse> RunAsync<TCall, TResponse>(
        NodeRoute route, TCall call, ulong? key, long started, CancellationToken cancellationToken)
        where TCall : struct, INodeCall<TResponse>
    {
        RpcCallPolicy policy = route.Policy.Current;
        route.Earn(policy);
        using Attempts attempts = new(route, policy, hasUpload: false, key, started, cancellationToken);
        return policy.Strategy switch
        {
            CallStrategy.Failfast or CallStrategy.Available => await OnceAsync<TCall, TResponse>(route, call, attempts, cancellationToken).ConfigureAwait(false),
            CallStrategy.Failsafe => await FailsafeAsync<TCall, TResponse>(route, call, attempts, cancellationToken).ConfigureAwait(false),
            CallStrategy.Failback => await FailbackAsync<TCall, TResponse>(route, call, key, attempts, cancellationToken).ConfigureAwait(false),
            CallStrategy.Forking => await ForkAsync<TCall, TResponse>(route, call, attempts, cancellationToken).ConfigureAwait(false),
            CallStrategy.Broadcast => await Broadcast.RunAsync<TCall, TResponse>(route, call, attempts, cancellationToken).ConfigureAwait(false),
            _ when policy.Hedge is { } hedge =>
                await HedgeAsync<TCall, TResponse>(route, call, hedge, attempts, cancellationToken).ConfigureAwait(false),
            _ => await FailoverAsync<TCall, TResponse>(route, call, attempts, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>Goes on with a call of the usual policy whose first attempt failed.</summary>
    /// <param name="route">What is called.</param>
    /// <param name="call">With which arguments.</param>
    /// <param name="key">What it has in common with others; null for nothing.</param>
    /// <param name="error">How the attempt failed.</param>
    /// <param name="node">Where.</param>
    /// <param name="started">When the call was made, as <see cref="Stopwatch.GetTimestamp"/> has it.</param>
    /// <param name="cancellationToken">The token that it was made with.</param>
    public static async ValueTask<TResponse> GoOnAsync<TCall, TResponse>(
        NodeRoute route, TCall call, ulong? key, RpcException error, Node node, long started, CancellationToken cancellationToken)
        where TCall : struct, INodeCall<TResponse>
    {
        using Attempts attempts = new(route, route.Policy.Own, hasUpload: false, key, started, cancellationToken);
        if (!attempts.TryRepeat(error, node)) ExceptionDispatchInfo.Throw(error);
        return await FailoverAsync<TCall, TResponse>(route, call, attempts, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<TResponse> FailoverAsync<TCall, TResponse>(
        NodeRoute route, TCall call, Attempts attempts, CancellationToken cancellationToken)
        where TCall : struct, INodeCall<TResponse>
    {
        while (true)
        {
            Node node = await attempts.NextAsync().ConfigureAwait(false);
            try
            {
                return await Attempt.SendAsync<TCall, TResponse>(route, call, node, attempts, cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException e) when (attempts.TryRepeat(e, node))
            {
                // To the next one.
            }
        }
    }

    /// <summary>To one server, once.</summary>
    public static async ValueTask<TResponse> OnceAsync<TCall, TResponse>(
        NodeRoute route, TCall call, Attempts attempts, CancellationToken cancellationToken)
        where TCall : struct, INodeCall<TResponse>
    {
        Node node = await attempts.NextAsync().ConfigureAwait(false);
        return await Attempt.SendAsync<TCall, TResponse>(route, call, node, attempts, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<TResponse> FailsafeAsync<TCall, TResponse>(
        NodeRoute route, TCall call, Attempts attempts, CancellationToken cancellationToken)
        where TCall : struct, INodeCall<TResponse>
    {
        try
        {
            return await OnceAsync<TCall, TResponse>(route, call, attempts, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            ClientLog.CallGivenUp(route.Service.Logger, route.Method.FullName, e.Message);
            return default!; // MethodPolicy lets this strategy pass only where a caller can live with that.
        }
    }

    private static async ValueTask<TResponse> FailbackAsync<TCall, TResponse>(
        NodeRoute route, TCall call, ulong? key, Attempts attempts, CancellationToken cancellationToken)
        where TCall : struct, INodeCall<TResponse>
    {
        try
        {
            return await OnceAsync<TCall, TResponse>(route, call, attempts, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            if (!RetryRules.RepeatsInBackground(attempts.Policy, e, route.IsIdempotent)) throw;
            route.Service.Failback.TryAdd(
                new BackgroundCall<TCall, TResponse>(route, call, key, attempts.Policy), attempts.Policy, e, route.Service.Budgets.Get(attempts.Policy.Budget));
            return default!;
        }
    }

    /// <summary>To several servers at once. An answer that is an error is not an answer yet (C60).</summary>
    private static async ValueTask<TResponse> ForkAsync<TCall, TResponse>(
        NodeRoute route, TCall call, Attempts attempts, CancellationToken cancellationToken)
        where TCall : struct, INodeCall<TResponse>
    {
        using Race<TCall, TResponse> race = new(route, call, attempts, cancellationToken);
        race.Start(await attempts.NextAsync().ConfigureAwait(false));
        while (race.Running < attempts.Policy.Forks && attempts.TryNext() is { } other) race.Start(other);
        while (true)
        {
            (Task<TResponse> ended, _) = (await race.NextEndAsync(limit: null).ConfigureAwait(false))!.Value;
            if (ended.IsCompletedSuccessfully || race.Running == 0) return await ended.ConfigureAwait(false);
            if (cancellationToken.IsCancellationRequested) throw attempts.Cancelled();
        }
    }

    /// <summary>To one server, and to others while it does not answer.</summary>
    private static async ValueTask<TResponse> HedgeAsync<TCall, TResponse>(
        NodeRoute route, TCall call, HedgePolicy hedge, Attempts attempts, CancellationToken cancellationToken)
        where TCall : struct, INodeCall<TResponse>
    {
        using Race<TCall, TResponse> race = new(route, call, attempts, cancellationToken);
        int hedges = 0;
        TimeSpan? delay = route.HedgeDelay(hedge);
        race.Start(await attempts.NextAsync().ConfigureAwait(false));
        while (true)
        {
            bool mayHedge = delay is not null && hedges < hedge.MaxHedges;
            if (await race.NextEndAsync(mayHedge ? delay : null).ConfigureAwait(false) is not (var ended, var node))
            {
                hedges++;
                if (attempts.TryNext() is { } other && route.TrySpend(attempts.Policy))
                {
                    Instruments.Resilience.CountHedge();
                    race.Start(other);
                }
                else
                {
                    hedges = hedge.MaxHedges; // There is nobody else, or the servers have enough to do.
                }

                continue;
            }

            if (ended.IsCompletedSuccessfully) return ended.Result;
            if (cancellationToken.IsCancellationRequested) throw attempts.Cancelled();
            if (ended.Exception?.InnerException is not RpcException error) return await ended.ConfigureAwait(false);
            if (attempts.TryRepeat(error, node)) race.Start(await attempts.NextAsync().ConfigureAwait(false));
            else if (race.Running == 0 || error.Progress == RpcCallProgress.Answered) return await ended.ConfigureAwait(false);
        }
    }
}
