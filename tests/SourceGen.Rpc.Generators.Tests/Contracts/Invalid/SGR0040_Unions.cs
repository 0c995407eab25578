using MessagePack;

[Service]
public partial interface IGreeter
{
    ValueTask A(Concrete a, IDouble b, ITwice c, IForeign d, IGeneric<int> e, INoCases f, IText g, IItself h, IArray i);

    ValueTask B(IListedFallback a, IAbstractFallback b, IPlainFallback c, IForeignFallback d, IHiddenFallback e, UnknownCase f);

    ValueTask C(IMember a, IGood good);
}

[SourceGen.Rpc.Union(0, typeof(Derived))]
public class Concrete;

public class Derived : Concrete;

[SourceGen.Rpc.Union(0, typeof(DoubleA))]
[SourceGen.Rpc.Union(0, typeof(DoubleB))]
public interface IDouble;

public class DoubleA : IDouble;

public class DoubleB : IDouble;

[SourceGen.Rpc.Union(0, typeof(Twice))]
[SourceGen.Rpc.Union(1, typeof(Twice))]
public interface ITwice;

public class Twice : ITwice;

[SourceGen.Rpc.Union(0, typeof(string))]
public interface IForeign;

[SourceGen.Rpc.Union(0, typeof(Pair<,>))]
public interface IGeneric<T>;

public class Pair<T, TOther> : IGeneric<T>;

[UnionFallback(typeof(NoCases))]
public interface INoCases;

public record NoCases(UnknownCase Case) : INoCases;

[MessagePack.Union(0, "Some.Type, Some.Assembly")]
public interface IText;

[SourceGen.Rpc.Union(0, typeof(IItself))]
public interface IItself;

[SourceGen.Rpc.Union(0, typeof(int[]))]
public interface IArray;

[SourceGen.Rpc.Union(0, typeof(ListedFallback))]
[UnionFallback(typeof(ListedFallback))]
public interface IListedFallback;

public record ListedFallback(int A) : IListedFallback;

[SourceGen.Rpc.Union(0, typeof(AbstractCase))]
[UnionFallback(typeof(AbstractFallback))]
public interface IAbstractFallback;

public class AbstractCase : IAbstractFallback;

public abstract class AbstractFallback : IAbstractFallback;

[SourceGen.Rpc.Union(0, typeof(PlainCase))]
[UnionFallback(typeof(PlainFallback))]
public interface IPlainFallback;

public class PlainCase : IPlainFallback;

public class PlainFallback : IPlainFallback;

[SourceGen.Rpc.Union(0, typeof(ForeignCase))]
[UnionFallback(typeof(PlainFallback))]
public interface IForeignFallback;

public class ForeignCase : IForeignFallback;

[SourceGen.Rpc.Union(0, typeof(HiddenCase))]
[UnionFallback(typeof(HiddenFallback))]
public interface IHiddenFallback;

public class HiddenCase : IHiddenFallback;

file record HiddenFallback(UnknownCase Case) : IHiddenFallback;

[SourceGen.Rpc.Union(0, typeof(MemberCase))]
public interface IMember;

public record MemberCase(object Value) : IMember;

[SourceGen.Rpc.Union(0, typeof(Good))]
public interface IGood;

public record Good(int A) : IGood;

namespace MessagePack
{
    [AttributeUsage(AttributeTargets.Interface)]
    public sealed class UnionAttribute(int key, string subType) : Attribute
    {
        public int Key => key;

        public string SubType => subType;
    }
}
