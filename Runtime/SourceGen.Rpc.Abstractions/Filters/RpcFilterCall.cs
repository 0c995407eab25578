using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc;

/// <summary>A call on its way through the filters of one side, without the type of its arguments.</summary>
public abstract class RpcFilterCall
{
    private Dictionary<object, object?>? _items;

    private protected RpcFilterCall(RpcMethod method, bool hasResult)
    {
        Method = method;
        HasResult = hasResult;
    }

    /// <summary>The method that is called, with its name, its contract and its options.</summary>
    public RpcMethod Method { get; }

    /// <summary>Whether the method has a result; without one, what a filter returns means nothing.</summary>
    public bool HasResult { get; }

    /// <summary>
    /// Cancelled when the caller gives up or, at the server, the connection is lost. A filter may put another token here for what comes
    /// behind it, such as one with a time limit.
    /// </summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>What filters leave for each other; it belongs to this call and this side.</summary>
    public IDictionary<object, object?> Items => _items ??= [];

    /// <summary>
    /// At a server of a host: the services of this call's own scope, from which a scoped implementation comes too. Null elsewhere. The
    /// scope is created when it is first asked for, and disposed of after the call.
    /// </summary>
    public virtual IServiceProvider? Services => null;

    /// <summary>How many arguments the method has; a <see cref="System.Threading.CancellationToken"/> is none.</summary>
    public abstract int ArgumentCount { get; }

    /// <summary>Gets the name of a parameter.</summary>
    /// <param name="index">Its position, from 0.</param>
    public abstract string GetArgumentName(int index);

    /// <summary>Gets an argument as an object.</summary>
    /// <param name="index">Its position, from 0.</param>
    public abstract object? GetArgument(int index);

    /// <summary>Replaces an argument.</summary>
    /// <param name="index">Its position, from 0.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">The value is of another type than the parameter.</exception>
    public abstract void SetArgument(int index, object? value);

    /// <summary>Finds a parameter by its name in the contract.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Its position; -1 when the method has none of that name.</returns>
    public int IndexOfArgument(string name)
    {
        for (int i = 0; i < ArgumentCount; i++)
        {
            if (GetArgumentName(i) == name) return i;
        }

        return -1;
    }
}
