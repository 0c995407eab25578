using SourceGen.Rpc;

namespace AotGreeter;

/// <summary>The contract: one method, one record.</summary>
[Service]
public partial interface IGreeter
{
    /// <summary>Greets somebody.</summary>
    [Method(Idempotent = true)]
    ValueTask<Greeting> HelloAsync(string name, CancellationToken cancellationToken = default);
}

/// <summary>What the server answers.</summary>
/// <param name="Text">The greeting.</param>
/// <param name="ServerProcess">The process that wrote it.</param>
public sealed record Greeting(string Text, int ServerProcess);

/// <summary>The service.</summary>
public sealed class Greeter : IGreeter
{
    /// <inheritdoc/>
    public ValueTask<Greeting> HelloAsync(string name, CancellationToken cancellationToken = default) =>
        name.Length > 0
            ? new(new Greeting($"Hello, {name}!", Environment.ProcessId))
            : throw new RpcException(RpcStatusCode.InvalidArgument, "Say who is to be greeted.");
}
