namespace SourceGen.Rpc;

/// <summary>The services that a server offers by itself, beside those that were added to it. Their names begin with <c>rpc.</c></summary>
[Flags]
public enum RpcBuiltInServices
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>rpc.Health</c>: whether the server, or one of its services, is ready for calls.</summary>
    Health = 1,

    /// <summary>
    /// <c>rpc.Describe</c>: every contract with its methods and its schema, which is what a client without generated code needs.
    /// </summary>
    Describe = 2,

    /// <summary>
    /// <c>rpc.Stats</c>: calls, errors, latencies and calls in flight of every method. Counting costs each call some nanoseconds.
    /// </summary>
    Stats = 4,

    /// <summary>All of them.</summary>
    All = Health | Describe | Stats,
}
