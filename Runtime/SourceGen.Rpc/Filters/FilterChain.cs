using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Filters;

/// <summary>
/// The filters of one client or server. Which of them run for a method is found out once; a method without any is left as it is.
/// </summary>
internal sealed class FilterChain
{
    private readonly RpcFilterRegistration[] _registrations;

    private FilterChain(RpcFilterRegistration[] registrations) => _registrations = registrations;

    /// <summary>No filters.</summary>
    public static FilterChain Empty { get; } = new([]);

    /// <summary>Takes the filters that were added so far.</summary>
    public static FilterChain Of<TFilter>(RpcFilterCollection<TFilter> filters)
        where TFilter : class, IRpcFilter => filters.Count == 0 ? Empty : new FilterChain([.. filters]);

    /// <summary>Fails when a filter is for a method that none of the contracts has: most likely its name is misspelt.</summary>
    /// <exception cref="ArgumentException">There is such a filter.</exception>
    public void CheckMethodNames(IReadOnlyList<RpcContract> contracts)
    {
        foreach (RpcFilterRegistration registration in _registrations)
        {
            foreach (string name in registration.MethodNames)
            {
                if (contracts.Any(contract => contract.Methods.Any(method => RpcFilterRegistration.IsNameOf(name, method)))) continue;
                string has = string.Join(", ", contracts.SelectMany(static contract => contract.Methods));
                throw new ArgumentException(
                    $"The filter {registration.Name} is for the method '{name}', which no service here has. There are: {has}.");
            }
        }
    }

    /// <summary>Puts the filters of a method around its call.</summary>
    /// <param name="method">The method.</param>
    /// <param name="call">The call itself.</param>
    /// <returns>Null when no filter runs for the method.</returns>
    public RpcFilterNext<TRequest, TResponse>? Around<TRequest, TResponse>(RpcMethod method, RpcFilterNext<TRequest, TResponse> call)
        where TRequest : struct
    {
        RpcFilterNext<TRequest, TResponse>? first = null;
        for (int i = _registrations.Length - 1; i >= 0; i--)
        {
            RpcFilterRegistration registration = _registrations[i];
            if (!registration.AppliesTo(method)) continue;
            registration.Prepare();
            first = new Link<TRequest, TResponse>(registration, first ?? call).InvokeAsync;
        }

        return first;
    }

    /// <summary>One filter with what is behind it.</summary>
    private sealed class Link<TRequest, TResponse>(RpcFilterRegistration filter, RpcFilterNext<TRequest, TResponse> next)
        where TRequest : struct
    {
        public ValueTask<TResponse> InvokeAsync(RpcFilterCall<TRequest> call) => filter.Get(call).InvokeAsync(call, next);
    }
}
