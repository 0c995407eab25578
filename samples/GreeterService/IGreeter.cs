using SourceGen.Rpc;

namespace GreeterService;

/// <summary>The contract.</summary>
[Service]
public partial interface IGreeter
{
    /// <summary>Greets somebody.</summary>
    ValueTask<Greeting> HelloAsync(string name, CancellationToken cancellationToken = default);
}

/// <summary>What the server answers.</summary>
/// <param name="Text">The greeting.</param>
public sealed record Greeting(string Text);

/// <summary>The service.</summary>
public sealed class Greeter : IGreeter
{
    /// <inheritdoc/>
    public ValueTask<Greeting> HelloAsync(string name, CancellationToken cancellationToken = default) => new(new Greeting($"Hello, {name}!"));
}
