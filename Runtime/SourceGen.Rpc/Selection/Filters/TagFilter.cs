using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Selection.Filters;

/// <summary>
/// Leaves the nodes for calls with a tag (<see cref="ServiceNode.Tags"/>), by Dubbo's rules
/// (https://dubbo.apache.org/zh/docs/advanced/routing-rule, tag routing): calls with a tag go to nodes that have it; if there is none, to
/// nodes without any tag, unless the tag is forced. Calls without a tag go to nodes without any tag and never to others, even if there are
/// only those.
/// </summary>
public sealed class TagFilter : INodeFilter
{
    private readonly string _tag;
    private readonly bool _isForced;

    /// <summary>Creates the filter.</summary>
    /// <param name="tag">The calls' tag; empty when they have none.</param>
    /// <param name="isForced">Whether nodes without a tag will not do for calls that have one.</param>
    public TagFilter(string tag = "", bool isForced = false)
    {
        ArgumentNullException.ThrowIfNull(tag);
        if (tag.Contains(',') || tag.Trim() != tag)
        {
            throw new ArgumentException($"'{tag}' is not a tag: it is one word, without commas and without white space around it.", nameof(tag));
        }

        _tag = tag;
        _isForced = isForced;
    }

    /// <inheritdoc/>
    public string Name => _tag.Length == 0 ? "no tag" : $"tag={_tag}{(_isForced ? ", forced" : "")}";

    /// <inheritdoc/>
    public IReadOnlyList<ServiceInstance> Filter(IReadOnlyList<ServiceInstance> instances)
    {
        ArgumentNullException.ThrowIfNull(instances);
        if (_tag.Length > 0)
        {
            ServiceInstance[] tagged = [.. instances.Where(instance => instance.Node.Tags.Contains(_tag))];
            if (tagged.Length > 0 || _isForced) return tagged;
        }

        return [.. instances.Where(static instance => instance.Node.Tags.IsEmpty)];
    }
}
