using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Selection.Filters;

/// <summary>
/// Leaves the nodes whose record has a method. Those of a record that does not say which methods it has are left, too.
/// </summary>
public sealed class EndpointFilter : INodeFilter
{
    private readonly string _method;

    /// <summary>Creates the filter.</summary>
    /// <param name="method">The method's name on the wire.</param>
    public EndpointFilter(string method)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        _method = method;
    }

    /// <inheritdoc/>
    public string Name => $"method {_method}";

    /// <inheritdoc/>
    public IReadOnlyList<ServiceInstance> Filter(IReadOnlyList<ServiceInstance> instances)
    {
        ArgumentNullException.ThrowIfNull(instances);
        return [.. instances.Where(Has)];
    }

    private bool Has(ServiceInstance instance)
    {
        if (instance.Record.Endpoints.IsEmpty) return true;
        foreach (ServiceEndpoint endpoint in instance.Record.Endpoints)
        {
            if (endpoint.Name == _method) return true;
        }

        return false;
    }
}
