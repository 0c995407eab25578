using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Policies;

/// <summary>
/// Decides by which policy each call of one method is made. The nearest is taken as a whole: that of the call's innermost scope that has
/// one, of the proxy, of the client's options for the method, then for the service, of the contract, of the client.
/// </summary>
internal sealed class MethodPolicy
{
    private readonly RpcMethod _method;
    private readonly string? _misfit;

    /// <summary>The scope's policy that was found to fit last: most programs have few, and use them again.</summary>
    private volatile RpcCallPolicy? _fitting;

    /// <param name="method">The method.</param>
    /// <param name="options">The client's options.</param>
    /// <param name="proxy">The proxy's options; null for none.</param>
    /// <exception cref="InvalidOperationException">The options have a name that means nothing.</exception>
    public MethodPolicy(RpcMethod method, RpcClientOptions options, RpcCallOptions? proxy)
    {
        _method = method;
        options.Policies.CheckNames(method.Contract);
        Own = Resolve(method, options, proxy, out string said);
        _misfit = WhyNot(Own, said);
    }

    /// <summary>The policy of calls outside any scope that has one. Whether it fits the method, <see cref="Current"/> says.</summary>
    public RpcCallPolicy Own { get; }

    /// <summary>The policy of a call that is made here and now. No allocation, no lock.</summary>
    /// <exception cref="InvalidOperationException">
    /// The policy does not fit the method. That is found out by the call, since a policy for a whole service or a proxy is no mistake as long as
    /// nobody calls the one method that it does not fit.
    /// </exception>
    public RpcCallPolicy Current => AmbientContext.MayHaveValue && AmbientContext.Value is { } ambient ? Under(ambient) : OwnIfFitting;

    private RpcCallPolicy OwnIfFitting => _misfit is null ? Own : throw new InvalidOperationException(_misfit);

    private RpcCallPolicy Under(object ambient)
    {
        for (RpcCallScope? scope = RpcCallScope.Innermost(ambient); scope is not null; scope = scope.Outer)
        {
            if (scope.Options.Policy is not { } policy) continue;
            if (!ReferenceEquals(policy, _fitting))
            {
                if (WhyNot(policy, "the RpcCallScope that it is called in") is { } misfit) throw new InvalidOperationException(misfit);
                _fitting = policy;
            }

            return policy;
        }

        return OwnIfFitting;
    }

    private static RpcCallPolicy Resolve(RpcMethod method, RpcClientOptions options, RpcCallOptions? proxy, out string said)
    {
        said = "its proxy's options";
        if (proxy?.Policy is { } near) return near;
        said = "the client's options for the method";
        if (options.Policies.TryGetMethod(method, out RpcCallPolicy? own)) return own!;
        said = "the client's options for the service";
        if (options.Policies.TryGetService(method.Contract, out RpcCallPolicy? common)) return common!;
        said = "its contract";
        if (method.Policy is { } contract) return contract;
        said = "the client's options";
        return options.Policy;
    }

    /// <summary>Why calls of the method cannot be made by a policy; null when they can.</summary>
    private string? WhyNot(RpcCallPolicy policy, string said)
    {
        policy.Validate();
        RpcMethodOptions options = _method.Options;
        PolicySubject subject = new(
            (options & RpcMethodOptions.Idempotent) != 0, (options & RpcMethodOptions.OneWay) != 0, _method.HasStream, _method.NeedsResult);
        PolicyConflict conflict = PolicyRules.Check(policy, subject, out string reason);
        if (conflict == PolicyConflict.None) return null;
        string remedy = conflict == PolicyConflict.NotIdempotent
            ? "Mark it with [Method(Idempotent = true)] if calling it twice has the same effect as calling it once, or give it another policy"
            : "Give it another policy";
        return $"{_method.FullName} cannot be called by the policy {policy}, which comes from {said}: "
            + (conflict == PolicyConflict.NotIdempotent ? $"it is not idempotent, and {reason}. " : $"{reason}. ")
            + $"{remedy}, such as options.Policies.Set(\"{_method.FullName}\", RpcCallPolicy.Default) on the client.";
    }
}
