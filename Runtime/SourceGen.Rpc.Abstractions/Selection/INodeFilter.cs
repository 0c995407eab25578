using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Selection;

/// <summary>
/// Leaves those nodes of a service that may be called. Asked when nodes come, go or change, not for each call. Filters compose: each is
/// given what the one before it left.
/// </summary>
public interface INodeFilter
{
    /// <summary>What messages call it, with what it asks for: <c>zone=eu-1</c>.</summary>
    string Name { get; }

    /// <summary>Leaves the nodes that may be called. What it is given stays as it is.</summary>
    /// <param name="instances">The nodes.</param>
    /// <returns>Some of them, or all.</returns>
    IReadOnlyList<ServiceInstance> Filter(IReadOnlyList<ServiceInstance> instances);
}
