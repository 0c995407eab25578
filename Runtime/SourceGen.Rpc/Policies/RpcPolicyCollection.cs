using System.Collections;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc;

/// <summary>
/// How a client makes the calls of single services and methods (<see cref="RpcClientOptions.Policies"/>). A method's policy goes before its
/// service's.
/// </summary>
/// <example>
/// <code>
/// options.Policies.Set&lt;ICatalog&gt;(RpcCallPolicy.ZoneAware);
/// options.Policies.Set&lt;ICatalog&gt;(RpcCallPolicy.Broadcast, "DropCache");
/// </code>
/// </example>
public sealed class RpcPolicyCollection : IEnumerable<KeyValuePair<string, RpcCallPolicy>>
{
    private readonly Dictionary<string, RpcCallPolicy> _policies = new(StringComparer.Ordinal);

    internal RpcPolicyCollection()
    {
    }

    /// <summary>Sets how calls of a service are made, or of some of its methods; what was set before for the same is replaced.</summary>
    /// <typeparam name="TService">A <see cref="ServiceAttribute">[Service]</see> interface.</typeparam>
    /// <param name="policy">The policy.</param>
    /// <param name="methods">Names of methods on the wire, such as <c>Hello</c> for <c>HelloAsync</c>; none for the whole service.</param>
    /// <returns>This collection.</returns>
    /// <exception cref="ArgumentException">The policy contradicts itself, or the service has no method of a name.</exception>
    public RpcPolicyCollection Set<TService>(RpcCallPolicy policy, params string[] methods)
        where TService : class, IRpcContract<TService>
    {
        ArgumentNullException.ThrowIfNull(methods);
        RpcContract contract = TService.Contract;
        if (methods.Length == 0) return Set(contract.Name, policy);
        foreach (string method in methods)
        {
            if (WhyUnknown(contract, method) is { } problem) throw new ArgumentException(problem, nameof(methods));
            Set($"{contract.Name}/{method}", policy);
        }

        return this;
    }

    /// <summary>Sets how calls are made by a name on the wire; what was set before for the same name is replaced.</summary>
    /// <param name="name">A service, such as <c>Shop.Greeter</c>, or a method, such as <c>Shop.Greeter/Hello</c>.</param>
    /// <param name="policy">The policy.</param>
    /// <returns>This collection.</returns>
    /// <exception cref="ArgumentException">The name is empty, or the policy contradicts itself.</exception>
    public RpcPolicyCollection Set(string name, RpcCallPolicy policy)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(policy);
        policy.Validate();
        _policies[name] = policy;
        return this;
    }

    /// <summary>What was set, by the name that it was set for.</summary>
    public IEnumerator<KeyValuePair<string, RpcCallPolicy>> GetEnumerator() => _policies.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>What was set for a method.</summary>
    internal bool TryGetMethod(RpcMethod method, out RpcCallPolicy? policy) => _policies.TryGetValue(method.FullName, out policy);

    /// <summary>What was set for a service.</summary>
    internal bool TryGetService(RpcContract contract, out RpcCallPolicy? policy) => _policies.TryGetValue(contract.Name, out policy);

    /// <summary>Looks for names that were meant for a service and do not fit it, as nobody else would notice them.</summary>
    /// <exception cref="InvalidOperationException">There is one.</exception>
    internal void CheckNames(RpcContract contract)
    {
        if (_policies.Count == 0) return;
        foreach (string name in _policies.Keys)
        {
            int slash = name.IndexOf('/');
            string service = slash < 0 ? name : name[..slash];
            if (!service.Equals(contract.Name, StringComparison.OrdinalIgnoreCase)) continue;
            string? problem = service != contract.Name ? $"the service is called {contract.Name}; names are compared with case."
                : slash < 0 ? null : WhyUnknown(contract, name[(slash + 1)..]);
            if (problem is not null) throw new InvalidOperationException($"{nameof(RpcClientOptions.Policies)} has '{name}': {problem}");
        }
    }

    private static string? WhyUnknown(RpcContract contract, string method) => contract.Methods.Any(m => m.Name == method)
        ? null
        : $"{contract.Name} has no method '{method}'; it has {string.Join(", ", contract.Methods.Select(static m => m.Name))}.";
}
