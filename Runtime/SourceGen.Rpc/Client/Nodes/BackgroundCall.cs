using System.Diagnostics;
using SourceGen.Rpc.Policies;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>A call that is repeated after its caller was told that all is well. It brings along the headers it was made with.</summary>
internal sealed class BackgroundCall<TCall, TResponse>(NodeRoute route, TCall call, ulong? key, RpcCallPolicy policy) : FailbackCall
    where TCall : struct, INodeCall<TResponse>
{
    private readonly RpcCallOptions? _inherited = RpcCallScope.CaptureHeaders();

    public override string Method => route.Method.FullName;

    public override async ValueTask RepeatAsync(CancellationToken cancellationToken)
    {
        using RpcCallScope? scope = _inherited is null ? null : RpcCallScope.Begin(_inherited);
        using Attempts attempts = new(route, policy, hasUpload: false, key, Stopwatch.GetTimestamp(), cancellationToken);
        await Strategies.OnceAsync<TCall, TResponse>(route, call, attempts, cancellationToken).ConfigureAwait(false);
    }

    public override bool MayRepeat(Exception error) =>
        error is RpcException known && RetryRules.RepeatsInBackground(policy, known, route.IsIdempotent);
}
