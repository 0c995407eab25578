using SourceGen.Rpc;

namespace Rpc_App.Contracts;

/// <summary>What the server offers and clients call. Its name on the wire holds its namespace.</summary>
[Service]
public partial interface IGreeter
{
    /// <summary>Greets somebody.</summary>
    [Method(Idempotent = true, TimeoutMs = 2000)]
    ValueTask<Greeting> HelloAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Counts down to 1, one number at a time.</summary>
    IAsyncEnumerable<int> CountDownAsync(int from, CancellationToken cancellationToken = default);
}
