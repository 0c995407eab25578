namespace SourceGen.Rpc.Samples.Contracts;

// The README's contract, between the markers to the letter.
// <readme>
[Service]
public partial interface IGreeter
{
    [Method(Idempotent = true, TimeoutMs = 2000)]
    ValueTask<Greeting> HelloAsync(string name, CancellationToken ct = default);

    [OneWay]
    ValueTask LogAsync(string line);
}

public sealed record Greeting(string Text, DateTimeOffset At);   // any public record or class will do
// </readme>
