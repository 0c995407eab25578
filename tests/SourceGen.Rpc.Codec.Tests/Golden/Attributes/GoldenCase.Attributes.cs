#nullable disable
using GoldenAttributes;

namespace SourceGen.Rpc.Codec.Tests.Golden;

internal abstract partial class GoldenCase
{
    private static GoldenCase[] Attributes =>
    [
        Of<IShape>("IShape", new Circle { R = 1.5 }),
        Of<IShape>("IShape", new Rect { W = 1, H = 2 }),
        Of<IShape>("IShape", null),
        Of<IShape>("IShape", new Circle { R = 1 }, contractless: true),
        Of<Circle>("Circle", new Circle { R = 2 }),
        Of<Animal>("Animal", new Dog { Name = "Rex", Age = 3 }),
        Of<Animal>("Animal", new Cat { Name = "Tom", Indoor = true }),
        Of<IExpr>(
            "IExpr",
            new Add { Left = new Leaf { Value = 1 }, Right = new Add { Left = new Leaf { Value = 2 }, Right = null } }),
        Of<INeg>("INeg", new NegB { V = 1 }),
        Of<Scene>("Scene", new Scene { Main = new Circle { R = 1 }, All = new() { new Rect { W = 1, H = 2 }, null } }),
        Of<IStructUnion>("IStructUnion", new StructInUnion { V = 1 }),
        Of<CtorMarked>("CtorMarked", new CtorMarked(1) { B = "b" }),
        Of<WithCallback>("WithCallback", new WithCallback { A = 1 }),
        Of<ByNameIgnored>("ByNameIgnored", new ByNameIgnored { A = 1, Hidden = 2, Hidden2 = 3, B = 4 }),
        Of<DcOrder>("DcOrder", new DcOrder { A = 1, B = "b", NotAMember = 9 }),
        Of<DcName>("DcName", new DcName { Name = "n", Age = 5, Skip = 1 }),
        Of<DcNameAndOrder>("DcNameAndOrder", new DcNameAndOrder { A = 1, B = 2 }),
        Of<DcDerived>("DcDerived", new DcDerived { Id = 1, More = 2 }),
        Of<PrivateSetter>("PrivateSetter", new PrivateSetter(1, 2)),
        Of<PrivateSetterOnly>("PrivateSetterOnly", PrivateSetterOnly.Of(1, 2)),
        Of<Empty>("Empty", new Empty()),
    ];
}
