using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Selection.Filters;

/// <summary>
/// Leaves the nodes whose record is in one of some groups. The condition that is selected by must let them through: <c>group=*</c>.
/// </summary>
public sealed class GroupFilter : INodeFilter
{
    private readonly HashSet<string> _groups;

    /// <summary>Creates the filter.</summary>
    /// <param name="groups">The groups; empty for records without one.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public GroupFilter(params IEnumerable<string> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        _groups = new HashSet<string>(groups, StringComparer.Ordinal);
        if (_groups.Count == 0) throw new ArgumentException("There is no group; write \"\" for records without one.", nameof(groups));
        Name = $"group {string.Join(" or ", _groups.Select(static group => group.Length == 0 ? "none" : group))}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ServiceInstance> Filter(IReadOnlyList<ServiceInstance> instances)
    {
        ArgumentNullException.ThrowIfNull(instances);
        return [.. instances.Where(instance => _groups.Contains(instance.Record.Group))];
    }
}
