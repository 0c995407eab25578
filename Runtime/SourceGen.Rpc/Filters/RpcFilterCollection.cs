using System.Collections;

namespace SourceGen.Rpc;

/// <summary>
/// The filters of a client or a server, in the order they run: the first one added is the outermost. A client takes them when it is created
/// and a server when it is started; what is added later, or said later about one of them, has no effect on it.
/// </summary>
/// <typeparam name="TFilter"><see cref="IRpcClientFilter"/> or <see cref="IRpcServerFilter"/>.</typeparam>
public sealed class RpcFilterCollection<TFilter> : IReadOnlyCollection<RpcFilterRegistration>
    where TFilter : class, IRpcFilter
{
    private readonly List<RpcFilterRegistration> _registrations = [];

    internal RpcFilterCollection()
    {
    }

    /// <inheritdoc/>
    public int Count => _registrations.Count;

    /// <summary>Adds a filter, which runs for all methods unless the registration is told otherwise.</summary>
    /// <param name="filter">The filter; many calls use it at once.</param>
    public RpcFilterRegistration Add(TFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return Add(new RpcFilterRegistration(filter.GetType().Name, filter));
    }

    /// <summary>Adds a filter that is created once, when the first method is bound that it runs for.</summary>
    /// <typeparam name="T">The filter's type, by which errors name it.</typeparam>
    /// <param name="create">Creates it.</param>
    public RpcFilterRegistration Add<T>(Func<T> create)
        where T : class, TFilter
    {
        ArgumentNullException.ThrowIfNull(create);
        return Add(new RpcFilterRegistration(typeof(T).Name, create));
    }

    /// <summary>Adds a filter that is asked for at each call, for example from <see cref="RpcFilterCall.Services"/>.</summary>
    /// <typeparam name="T">The filter's type, by which errors name it.</typeparam>
    /// <param name="select">Gets the filter of a call; for each attempt if a filter before it makes several.</param>
    public RpcFilterRegistration Add<T>(Func<RpcFilterCall, T> select)
        where T : class, TFilter
    {
        ArgumentNullException.ThrowIfNull(select);
        return Add(new RpcFilterRegistration(typeof(T).Name, (Func<RpcFilterCall, IRpcFilter>)select));
    }

    /// <inheritdoc/>
    public IEnumerator<RpcFilterRegistration> GetEnumerator() => _registrations.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private RpcFilterRegistration Add(RpcFilterRegistration registration)
    {
        _registrations.Add(registration);
        return registration;
    }
}
