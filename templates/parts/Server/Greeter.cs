using System.Runtime.CompilerServices;
using Rpc_App.Contracts;

namespace Rpc_App.Server;

/// <summary>Serves all calls, concurrently.</summary>
public sealed class Greeter : IGreeter
{
    public ValueTask<Greeting> HelloAsync(string name, CancellationToken cancellationToken = default) =>
        new(new Greeting($"Hello, {name}!", DateTimeOffset.UtcNow));

    public async IAsyncEnumerable<int> CountDownAsync(int from, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (int number = from; number > 0; number--)
        {
            yield return number;
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }
}
