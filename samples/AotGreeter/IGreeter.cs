using SourceGen.Rpc;

namespace AotGreeter;

/// <summary>The contract: one method, one record, and what can go wrong.</summary>
[Service]
public partial interface IGreeter
{
    /// <summary>Greets somebody.</summary>
    [Method(Idempotent = true), Throws<NobodyException>(Code = RpcStatusCode.InvalidArgument)]
    ValueTask<Greeting> HelloAsync(string name, CancellationToken cancellationToken = default);
}

/// <summary>What the server answers.</summary>
/// <param name="Text">The greeting.</param>
/// <param name="ServerProcess">The process that wrote it.</param>
public sealed record Greeting(string Text, int ServerProcess);

/// <summary>There is nobody to greet.</summary>
/// <param name="greeting">What would have been said.</param>
public sealed class NobodyException(string greeting) : Exception($"There is nobody to say '{greeting}' to.")
{
    /// <summary>What would have been said.</summary>
    public string Greeting { get; } = greeting;
}

/// <summary>The service.</summary>
public sealed class Greeter : IGreeter
{
    /// <inheritdoc/>
    public ValueTask<Greeting> HelloAsync(string name, CancellationToken cancellationToken = default) =>
        name.Length > 0
            ? new(new Greeting($"Hello, {name}!", Environment.ProcessId))
            : throw new NobodyException("Hello");
}

/// <summary>Takes the blanks off names before the service sees them.</summary>
public sealed class TrimFilter : IRpcServerFilter
{
    /// <inheritdoc/>
    public ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
        where TRequest : struct
    {
        call.SetArgument("name", call.GetArgument<string>("name").Trim());
        return next(call);
    }
}
