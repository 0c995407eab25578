using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Selection;

namespace SourceGen.Rpc.Selection.Tests.Support;

/// <summary>Nodes for tests that need no server.</summary>
internal static class TestNodes
{
    /// <summary>Makes a set of nodes with these weights; their ids are 0, 1, 2 and so on.</summary>
    public static NodeSet Weighted(params int[] weights) =>
        new([.. weights.Select(static (weight, id) => Create(id, (ServiceMetadataKeys.Weight, $"{weight}")))], weights);

    /// <summary>Makes a node.</summary>
    public static NodeState Create(int id, params (string Key, string Value)[] metadata) =>
        new(new ServiceInstance(new ServiceRecord("Shop.Greeter"), CreateNode(id, metadata)), id);

    /// <summary>Makes what a registry says about a node.</summary>
    public static ServiceNode CreateNode(int id, params (string Key, string Value)[] metadata) => new($"node-{id}", $"tcp://10.0.0.1:{5000 + id}")
    {
        Metadata = ServiceMetadata.Create(metadata.ToDictionary(static pair => pair.Key, static pair => pair.Value)),
    };
}
