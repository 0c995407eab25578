#nullable disable
using GoldenAttributes;

namespace SourceGen.Rpc.Codec.Tests.Golden;

/// <summary>
/// The golden types whose attributes say how they are written, as results, so that the generator emits their serializers.
/// </summary>
[Service]
public partial interface IGoldenAttributes
{
    ValueTask<IShape> Result000();

    ValueTask<Circle> Result001();

    ValueTask<Animal> Result002();

    ValueTask<IExpr> Result003();

    ValueTask<INeg> Result004();

    ValueTask<Scene> Result005();

    ValueTask<IStructUnion> Result006();

    ValueTask<CtorMarked> Result007();

    ValueTask<WithCallback> Result008();

    ValueTask<ByNameIgnored> Result009();

    ValueTask<DcOrder> Result010();

    ValueTask<DcName> Result011();

    ValueTask<DcNameAndOrder> Result012();

    ValueTask<DcDerived> Result013();

    ValueTask<PrivateSetter> Result014();

    ValueTask<PrivateSetterOnly> Result015();

    ValueTask<Empty> Result016();
}
