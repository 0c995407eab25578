using System.Diagnostics;
using System.Globalization;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Selection.Tests.Support;

/// <summary>The service that tests select nodes of.</summary>
internal static class TestServices
{
    public const string Name = "Shop.Greeter";

    public static ServiceUrl Condition { get; } = ServiceUrl.Parse($"consumer://localhost/{Name}?version=*&group=*");

    public static ServiceNode[] Nodes(int count) => [.. Enumerable.Range(0, count).Select(static id => TestNodes.CreateNode(id))];

    public static ServiceNode Started(int id, DateTimeOffset at, int weight = 100) => TestNodes.CreateNode(
        id,
        (ServiceMetadataKeys.Timestamp, at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)),
        (ServiceMetadataKeys.Weight, weight.ToString(CultureInfo.InvariantCulture)));

    public static ServiceInstance Instance(ServiceNode node, string version = "", string group = "") => new(
        new ServiceRecord(Name, version)
        {
            Metadata = group.Length == 0 ? ServiceMetadata.Empty : ServiceMetadata.Empty.With(ServiceMetadataKeys.Group, group),
        },
        node);

    /// <summary>Waits until the nodes of a selection are as they should be.</summary>
    public static async Task Until(this Selection selection, Func<Selection, bool> condition, string what)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(30));
        while (true)
        {
            Task changed = selection.Changed;
            if (condition(selection)) return;
            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"It did not come true that {what}. Nodes: {string.Join(", ", selection.Nodes.Nodes.ToArray().Select(static node => node.Instance.Node.Id))}");
            }
        }
    }

    public static string[] Ids(this NodeSet nodes) => [.. nodes.Nodes.ToArray().Select(static node => node.Instance.Node.Id).Order()];

    public static NodeState Node(this Selection selection, int id) =>
        Assert.Single(selection.AllNodes.Nodes.ToArray(), node => node.Instance.Node.Id == $"node-{id}");

    /// <summary>A call to a node, which ends at once.</summary>
    public static void Call(this ISelector selector, NodeState node, CallOutcome outcome, TimeSpan elapsed = default)
    {
        node.BeginCall();
        selector.Mark(node, (long)(elapsed.TotalSeconds * Stopwatch.Frequency), outcome);
    }

    public static void Fail(this ISelector selector, NodeState node, int times = 3)
    {
        for (int i = 0; i < times; i++) selector.Call(node, CallOutcome.Failure);
    }
}
