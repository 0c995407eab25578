using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc;

/// <summary>
/// A filter that was added to a client or a server, and for which methods it runs: for all, unless one of the methods here says otherwise.
/// Conditions are evaluated once for each method, when the method is bound, and not for each call.
/// </summary>
public sealed class RpcFilterRegistration
{
    private readonly Lock _creating = new();
    private readonly Func<IRpcFilter>? _create;
    private readonly Func<RpcFilterCall, IRpcFilter>? _select;
    private readonly List<RpcContract> _contracts = [];
    private readonly List<string> _methods = [];
    private readonly List<Func<RpcMethod, bool>> _conditions = [];
    private IRpcFilter? _instance;

    internal RpcFilterRegistration(string name, IRpcFilter instance)
    {
        Name = name;
        _instance = instance;
    }

    internal RpcFilterRegistration(string name, Func<IRpcFilter> create)
    {
        Name = name;
        _create = create;
    }

    internal RpcFilterRegistration(string name, Func<RpcFilterCall, IRpcFilter> select)
    {
        Name = name;
        _select = select;
    }

    /// <summary>What errors call the filter: its type.</summary>
    public string Name { get; }

    /// <summary>The method names that <see cref="ForMethod"/> was given.</summary>
    internal IReadOnlyList<string> MethodNames => _methods;

    /// <summary>Runs the filter for the methods of a service only; of several services if it is called for each.</summary>
    /// <typeparam name="TService">A <see cref="ServiceAttribute">[Service]</see> interface.</typeparam>
    /// <returns>This registration.</returns>
    public RpcFilterRegistration ForService<TService>()
        where TService : class, IRpcContract<TService>
    {
        _contracts.Add(TService.Contract);
        return this;
    }

    /// <summary>Runs the filter for methods of these names only.</summary>
    /// <param name="names">
    /// Names on the wire: <c>Hello</c>, in whatever service, or with the service as logs have it, <c>Shop.Greeter/Hello</c>. A server
    /// does not start when it has no method of a name.
    /// </param>
    /// <returns>This registration.</returns>
    public RpcFilterRegistration ForMethod(params ReadOnlySpan<string> names)
    {
        foreach (string name in names) _methods.Add(name);
        return this;
    }

    /// <summary>Runs the filter only for methods of which the condition is true, such as idempotent ones.</summary>
    /// <param name="condition">The condition; all of several must be true.</param>
    /// <returns>This registration.</returns>
    public RpcFilterRegistration When(Func<RpcMethod, bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        _conditions.Add(condition);
        return this;
    }

    /// <summary>Whether the filter runs for a method.</summary>
    internal bool AppliesTo(RpcMethod method)
    {
        if (_contracts.Count > 0 && !_contracts.Contains(method.Contract)) return false;
        if (_methods.Count > 0 && !_methods.Exists(name => IsNameOf(name, method))) return false;
        return _conditions.TrueForAll(condition => condition(method));
    }

    /// <summary>Whether <see cref="ForMethod"/> means the method by a name.</summary>
    internal static bool IsNameOf(string name, RpcMethod method) => name == method.Name || name == method.FullName;

    /// <summary>Creates the filter, if it is one for all calls and not there yet.</summary>
    internal void Prepare()
    {
        if (_create is null) return;
        lock (_creating) _instance ??= _create() ?? throw Missing();
    }

    /// <summary>The filter of a call.</summary>
    internal IRpcFilter Get(RpcFilterCall call) => _instance ?? (_select is null ? throw Missing() : _select(call) ?? throw Missing());

    private InvalidOperationException Missing() => new($"The filter {Name} was added as a function, and the function returned null.");
}
