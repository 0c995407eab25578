namespace SourceGen.Rpc.Plugins.Aot;

/// <summary>The service; the container creates it.</summary>
public sealed class NativeGreeter : INativeGreeter
{
    /// <inheritdoc/>
    public ValueTask<Greeting> HelloAsync(string name, CancellationToken cancellationToken = default) =>
        new(new Greeting($"Hello, {name}!", Environment.ProcessId));
}
