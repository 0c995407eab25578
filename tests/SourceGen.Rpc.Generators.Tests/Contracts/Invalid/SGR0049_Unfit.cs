[Service]
[CallPolicy(CallStrategy.Failsafe)]
public partial interface IVault
{
    ValueTask OpenAsync();

    ValueTask<string?> NameAsync();

    ValueTask<string> FirstAsync();

    ValueTask<int> CountAsync();

    IAsyncEnumerable<string> AllAsync();

    [CallPolicy(CallStrategy.Forking), Method(Idempotent = true), OneWay]
    ValueTask NoteAsync();

    [CallPolicy(HedgeDelayMs = 5), Method(Idempotent = true)]
    ValueTask<int> SumAsync(IAsyncEnumerable<int> numbers);

    [CallPolicy(AttemptTimeoutMs = 5), Method(Idempotent = true)]
    IAsyncEnumerable<int> NumbersAsync();
}
