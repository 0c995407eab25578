using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Selection.Filters;

/// <summary>
/// Leaves the nodes whose record's version is in a range. The condition that is selected by must let them through: <c>version=*</c>.
/// </summary>
/// <param name="range">The range.</param>
public sealed class VersionFilter(VersionRange range) : INodeFilter
{
    private readonly VersionRange _range = range ?? throw new ArgumentNullException(nameof(range));

    /// <summary>Creates the filter.</summary>
    /// <param name="range">The range, as <see cref="VersionRange.Parse"/> reads it.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public VersionFilter(string range)
        : this(VersionRange.Parse(range))
    {
    }

    /// <inheritdoc/>
    public string Name => $"version {_range}";

    /// <inheritdoc/>
    public IReadOnlyList<ServiceInstance> Filter(IReadOnlyList<ServiceInstance> instances)
    {
        ArgumentNullException.ThrowIfNull(instances);
        return [.. instances.Where(instance => _range.Contains(instance.Record.Version))];
    }
}
