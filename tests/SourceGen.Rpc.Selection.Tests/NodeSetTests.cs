using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests;

public sealed class NodeSetTests
{
    [Fact]
    public void A_set_knows_the_sum_of_its_weights_and_whether_they_are_equal()
    {
        Assert.Equal(600, TestNodes.Weighted(100, 200, 300).TotalWeight);
        Assert.False(TestNodes.Weighted(100, 200, 300).HasEqualWeights);
        Assert.True(TestNodes.Weighted(7, 7, 7).HasEqualWeights);
        Assert.True(NodeSet.Empty.HasEqualWeights);
    }

    [Fact]
    public void Weights_that_are_too_few_or_negative_are_refused()
    {
        NodeState node = TestNodes.Create(0);
        Assert.Contains("1 nodes and 2 weights", Assert.Throws<ArgumentException>(() => new NodeSet([node], [1, 2])).Message, StringComparison.Ordinal);
        Assert.Contains("-1", Assert.Throws<ArgumentException>(() => new NodeSet([node], [-1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_accepts_what_was_not_tried_and_is_connected_if_it_must_be()
    {
        NodeState first = TestNodes.Create(0);
        NodeState second = TestNodes.Create(1);
        Assert.True(default(PickRequest).Accepts(first));
        Assert.False(new PickRequest { Tried = [first] }.Accepts(first));
        Assert.True(new PickRequest { Tried = [first] }.Accepts(second));
        Assert.False(new PickRequest { ConnectedOnly = true }.Accepts(second));
        second.IsConnected = true;
        Assert.True(new PickRequest { ConnectedOnly = true }.Accepts(second));
    }
}
