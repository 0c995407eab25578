namespace SourceGen.Rpc.CompilerServices;

/// <summary>
/// A service, or a topic's events, as the wire sees it: its name, its methods in wire order, and a description that two sides can compare.
/// </summary>
public abstract class RpcContract
{
    private protected RpcContract(string name, string version, ulong fingerprint, string schema, IReadOnlyList<RpcMethod> methods)
    {
        Name = name;
        Version = version;
        Fingerprint = fingerprint;
        Schema = schema;
        Methods = methods;
        for (int i = 0; i < methods.Count; i++) methods[i].Attach(this, i);
    }

    /// <summary>The service's name on the wire, or what the topics of events begin with.</summary>
    public string Name { get; }

    /// <summary>The service's version label; empty when it has none.</summary>
    public string Version { get; }

    /// <summary>
    /// The first 8 bytes, little endian, of the SHA-256 of <see cref="Schema"/> in UTF-8. Equal fingerprints mean equal contracts,
    /// method order included.
    /// </summary>
    public ulong Fingerprint { get; }

    /// <summary>Every method, parameter and payload type, in the text form of docs/contract-schema.md.</summary>
    public string Schema { get; }

    /// <summary>The methods, sorted by wire name (ordinal); a method's index in this list is its number on the wire.</summary>
    public IReadOnlyList<RpcMethod> Methods { get; }

    /// <summary>The service's name.</summary>
    public override string ToString() => Name;
}

/// <summary>The contract of one service or topic interface, made by generated code.</summary>
/// <typeparam name="TService">The service or topic interface.</typeparam>
public sealed class RpcContract<TService> : RpcContract
    where TService : class
{
    private readonly RpcMethod<TService>[] _methods;
    private readonly Func<RpcChannel, TService> _createProxy;

    /// <summary>Creates the contract.</summary>
    /// <param name="name">The service's name on the wire.</param>
    /// <param name="version">Its version label, or empty.</param>
    /// <param name="fingerprint">See <see cref="RpcContract.Fingerprint"/>.</param>
    /// <param name="schema">See <see cref="RpcContract.Schema"/>.</param>
    /// <param name="methods">The methods, sorted by wire name (ordinal).</param>
    /// <param name="createProxy">Makes a client proxy over a channel.</param>
    public RpcContract(
        string name,
        string version,
        ulong fingerprint,
        string schema,
        RpcMethod<TService>[] methods,
        Func<RpcChannel, TService> createProxy)
        : base(name, version, fingerprint, schema, methods)
    {
        _methods = methods;
        _createProxy = createProxy;
    }

    /// <summary>The methods with their types; the same as <see cref="RpcContract.Methods"/>.</summary>
    public new ReadOnlySpan<RpcMethod<TService>> Methods => _methods;

    /// <summary>Makes a client proxy: an implementation of the interface whose methods call over <paramref name="channel"/>.</summary>
    /// <param name="channel">Where its calls go.</param>
    public TService CreateProxy(RpcChannel channel) => _createProxy(channel);
}
