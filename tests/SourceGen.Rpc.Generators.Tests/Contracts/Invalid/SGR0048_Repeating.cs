[Service]
[CallPolicy(CallStrategy.Forking)]
public partial interface IVault : IBase
{
    ValueTask OpenAsync();

    [Method(Idempotent = true)]
    ValueTask CloseAsync();

    [CallPolicy]
    ValueTask PaintAsync();

    [CallPolicy(CallStrategy.Failback)]
    ValueTask KnockAsync();

    [CallPolicy(HedgeDelayMs = 5)]
    ValueTask LookAsync();

    [CallPolicy(AttemptTimeoutMs = 5), Method(Idempotent = false)]
    ValueTask WaitAsync();

    [CallPolicy(RetryCodes = [RpcStatusCode.Aborted])]
    ValueTask TryAsync();
}

public interface IBase
{
    ValueTask SitAsync();
}
