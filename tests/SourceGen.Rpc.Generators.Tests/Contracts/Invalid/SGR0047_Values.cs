[Service]
[CallPolicy((CallStrategy)9)]
public partial interface IVault
{
    [CallPolicy(Retries = -5)]
    ValueTask AAsync();

    [CallPolicy(CallStrategy.Failfast, Retries = 2)]
    ValueTask BAsync();

    [CallPolicy(CallStrategy.Forking, Forks = 1), Method(Idempotent = true)]
    ValueTask CAsync();

    [CallPolicy(Forks = 2)]
    ValueTask DAsync();

    [CallPolicy(InitialBackoffMs = 2000)]
    ValueTask EAsync();

    [CallPolicy(AttemptTimeoutMs = 0)]
    ValueTask FAsync();

    [CallPolicy(RetryOn = (RetryConditions)64)]
    ValueTask GAsync();

    [CallPolicy(RetryCodes = [RpcStatusCode.OK]), Method(Idempotent = true)]
    ValueTask HAsync();

    [CallPolicy(HedgeDelayMs = 5, HedgePercentile = 0.9), Method(Idempotent = true)]
    ValueTask IAsync();

    [CallPolicy(HedgePercentile = 95), Method(Idempotent = true)]
    ValueTask JAsync();

    [CallPolicy(MaxHedges = 2), Method(Idempotent = true)]
    ValueTask KAsync();

    [CallPolicy(CallStrategy.Failback, Retries = 0), Method(Idempotent = true)]
    ValueTask LAsync();

    [CallPolicy(CallStrategy.Broadcast, HedgeDelayMs = 5), Method(Idempotent = true)]
    ValueTask MAsync();
}
