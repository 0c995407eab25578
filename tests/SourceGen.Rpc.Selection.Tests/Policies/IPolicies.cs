namespace SourceGen.Rpc.Selection.Tests.Policies;

/// <summary>Methods of each kind that policies tell apart.</summary>
[Service(Name = "Shop.Policies")]
[CallPolicy(CallStrategy.Failfast)]
public partial interface IPolicies
{
    ValueTask<string?> PlainAsync(CancellationToken ct = default);

    [CallPolicy(Retries = 5)]
    ValueTask SaidAsync(CancellationToken ct = default);

    [Method(Idempotent = true)]
    ValueTask<int> IdempotentAsync(CancellationToken ct = default);

    [OneWay, Method(Idempotent = true)]
    ValueTask OneWayAsync();

    [Method(Idempotent = true)]
    IAsyncEnumerable<int> StreamAsync(CancellationToken ct = default);

    [CallPolicy(CallStrategy.Failback, Retries = 4, InitialBackoffMs = 2000), Method(Idempotent = true)]
    ValueTask<int?> BackAsync(CancellationToken ct = default);

    [CallPolicy(HedgePercentile = 0.95, HedgeMinDelayMs = 5, MaxHedges = 2, AttemptTimeoutMs = 200, RetryCodes = [RpcStatusCode.Aborted]), Method(Idempotent = true)]
    ValueTask HedgedAsync(CancellationToken ct = default);
}

/// <summary>Says nothing.</summary>
[Service(Name = "Shop.Silent")]
public partial interface ISilent
{
    ValueTask PlainAsync(CancellationToken ct = default);
}
