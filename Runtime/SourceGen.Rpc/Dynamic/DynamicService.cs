using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Dynamic;

/// <summary>A service of a server, as the server described it. Thread safe.</summary>
public sealed class DynamicService
{
    private readonly Dictionary<string, DynamicMethod> _byName;

    internal DynamicService(
        RpcChannel channel, RpcContract<DynamicTarget> contract, ContractSchema schema, DynamicRpcOptions options, int maxMessageSize)
    {
        Name = contract.Name;
        Version = contract.Version;
        Fingerprint = contract.Fingerprint;
        Schema = contract.Schema;
        DynamicMethod[] methods = new DynamicMethod[schema.Methods.Length];
        for (int i = 0; i < methods.Length; i++)
        {
            methods[i] = new DynamicMethod(channel, contract.Methods[i], schema, schema.Methods[i], options, maxMessageSize);
        }

        Methods = methods;
        _byName = methods.ToDictionary(method => method.Name, StringComparer.Ordinal);
    }

    /// <summary>The service's name on the wire.</summary>
    public string Name { get; }

    /// <summary>Its version label; may be empty.</summary>
    public string Version { get; }

    /// <summary>The contract's fingerprint.</summary>
    public ulong Fingerprint { get; }

    /// <summary>The contract, with every type that it reaches, in the form of docs/contract-schema.md.</summary>
    public string Schema { get; }

    /// <summary>The methods, sorted by name.</summary>
    public IReadOnlyList<DynamicMethod> Methods { get; }

    /// <summary>Looks for a method.</summary>
    /// <param name="name">Its name on the wire, such as <c>Hello</c> for <c>HelloAsync</c>.</param>
    /// <param name="method">The method.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGetMethod(string name, [NotNullWhen(true)] out DynamicMethod? method) => _byName.TryGetValue(name, out method);

    /// <summary>Gets a method.</summary>
    /// <param name="name">Its name on the wire, such as <c>Hello</c> for <c>HelloAsync</c>.</param>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.Unimplemented"/>: there is none; the message says which there are.
    /// </exception>
    public DynamicMethod GetMethod(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_byName.TryGetValue(name, out DynamicMethod? method)) return method;
        throw new RpcException(
            RpcStatusCode.Unimplemented,
            $"{Name} has no method '{NameList.Shorten(name)}'; it has {NameList.Of(Methods.Select(known => known.Name))}.")
        {
            Progress = RpcCallProgress.NotSent,
        };
    }
}
