using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Selection.Filters;

/// <summary>Leaves the nodes that have certain metadata.</summary>
/// <param name="selector">Which.</param>
public sealed class LabelFilter(LabelSelector selector) : INodeFilter
{
    private readonly LabelSelector _selector = selector ?? throw new ArgumentNullException(nameof(selector));

    /// <summary>Creates the filter.</summary>
    /// <param name="selector">Which, as <see cref="LabelSelector.Parse"/> reads it.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public LabelFilter(string selector)
        : this(LabelSelector.Parse(selector))
    {
    }

    /// <inheritdoc/>
    public string Name => $"labels {_selector}";

    /// <inheritdoc/>
    public IReadOnlyList<ServiceInstance> Filter(IReadOnlyList<ServiceInstance> instances)
    {
        ArgumentNullException.ThrowIfNull(instances);
        return [.. instances.Where(instance => _selector.Matches(instance.Node.Metadata))];
    }
}
