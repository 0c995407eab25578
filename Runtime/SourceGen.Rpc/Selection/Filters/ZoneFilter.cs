using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Selection.Filters;

/// <summary>
/// Leaves the nodes of a zone (<see cref="ServiceNode.Zone"/>). To prefer a zone and go elsewhere when its nodes have too much to do, take a
/// balancer that knows zones instead.
/// </summary>
public sealed class ZoneFilter : INodeFilter
{
    private readonly string _zone;
    private readonly bool _isForced;

    /// <summary>Creates the filter.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="isForced">Whether nodes elsewhere will not do when there is none in the zone.</param>
    public ZoneFilter(string zone, bool isForced = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(zone);
        _zone = zone;
        _isForced = isForced;
    }

    /// <inheritdoc/>
    public string Name => $"zone={_zone}{(_isForced ? ", forced" : "")}";

    /// <inheritdoc/>
    public IReadOnlyList<ServiceInstance> Filter(IReadOnlyList<ServiceInstance> instances)
    {
        ArgumentNullException.ThrowIfNull(instances);
        ServiceInstance[] near = [.. instances.Where(instance => instance.Node.Zone == _zone)];
        return near.Length > 0 || _isForced ? near : instances;
    }
}
