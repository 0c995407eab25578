using GoldenAttributes;
using SourceGen.Rpc.Codec.Tests.Support;

namespace SourceGen.Rpc.Codec.Tests.Golden;

/// <summary>The one golden value of a union that is written otherwise on purpose.</summary>
public sealed class GoldenUnionTests
{
    [Fact]
    public void A_class_that_the_union_does_not_list_is_an_error_and_not_a_silent_nil()
    {
        RpcSerializationException error = Assert.Throws<RpcSerializationException>(
            () => WireBytes.Encode(GoldenShapes.Of<IShape>(), (IShape)new Unlisted { V = 1 }));
        Assert.Contains("GoldenAttributes.Unlisted' cannot be sent as", error.Message, StringComparison.Ordinal);
    }
}
