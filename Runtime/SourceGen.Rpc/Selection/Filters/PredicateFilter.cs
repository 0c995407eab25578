using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Selection.Filters;

/// <summary>Leaves the nodes that a function says.</summary>
public sealed class PredicateFilter : INodeFilter
{
    private readonly Func<ServiceInstance, bool> _predicate;

    /// <summary>Creates the filter.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="predicate">Whether a node may be called. Asked when nodes come, go or change, on any thread.</param>
    public PredicateFilter(string name, Func<ServiceInstance, bool> predicate)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(predicate);
        Name = name;
        _predicate = predicate;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ServiceInstance> Filter(IReadOnlyList<ServiceInstance> instances)
    {
        ArgumentNullException.ThrowIfNull(instances);
        return [.. instances.Where(_predicate)];
    }
}
