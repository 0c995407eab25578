namespace SourceGen.Rpc.Plugins.Aot;

/// <summary>What the server offers under a name that clients find.</summary>
[Service(Name = "Native.Greeter")]
public partial interface INativeGreeter
{
    /// <summary>Greets somebody.</summary>
    ValueTask<Greeting> HelloAsync(string name, CancellationToken cancellationToken = default);
}
