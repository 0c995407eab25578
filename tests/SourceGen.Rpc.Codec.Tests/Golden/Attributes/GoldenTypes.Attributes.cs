// The definitions of the golden file as they are there, with the attributes of MessagePack-CSharp and System.Runtime.Serialization. In a
// namespace of their own, where the names of the attributes do not mean those of this library.
#nullable disable
using System.Runtime.Serialization;
using MessagePack;

namespace GoldenAttributes;

[Union(0, typeof(Circle))]
[Union(1, typeof(Rect))]
public interface IShape;

[MessagePackObject]
public class Circle : IShape
{
    [Key(0)]
    public double R { get; set; }
}

[MessagePackObject]
public class Rect : IShape
{
    [Key(0)]
    public double W { get; set; }

    [Key(1)]
    public double H { get; set; }
}

[MessagePackObject]
public class Unlisted : IShape
{
    [Key(0)]
    public int V { get; set; }
}

[MessagePackObject]
[Union(10, typeof(Dog))]
[Union(300, typeof(Cat))]
public abstract class Animal
{
    [Key(0)]
    public string Name { get; set; }
}

[MessagePackObject]
public class Dog : Animal
{
    [Key(1)]
    public int Age { get; set; }
}

[MessagePackObject(true)]
public class Cat : Animal
{
    public bool Indoor { get; set; }
}

[Union(0, typeof(Leaf))]
[Union(1, typeof(Add))]
public interface IExpr;

[MessagePackObject]
public class Leaf : IExpr
{
    [Key(0)]
    public int Value { get; set; }
}

[MessagePackObject]
public class Add : IExpr
{
    [Key(0)]
    public IExpr Left { get; set; }

    [Key(1)]
    public IExpr Right { get; set; }
}

[Union(-1, typeof(NegA))]
[Union(-40, typeof(NegB))]
public interface INeg;

[MessagePackObject]
public class NegA : INeg
{
    [Key(0)]
    public int V { get; set; }
}

[MessagePackObject]
public class NegB : INeg
{
    [Key(0)]
    public int V { get; set; }
}

[MessagePackObject]
public class Scene
{
    [Key(0)]
    public IShape Main { get; set; }

    [Key(1)]
    public List<IShape> All { get; set; }
}

[Union(0, typeof(StructInUnion))]
public interface IStructUnion;

[MessagePackObject]
public struct StructInUnion : IStructUnion
{
    [Key(0)]
    public int V { get; set; }
}

[MessagePackObject]
public class CtorMarked
{
    public CtorMarked()
    {
    }

    [SerializationConstructor]
    public CtorMarked(int a) => A = a;

    [Key(0)]
    public int A { get; }

    [Key(1)]
    public string B { get; set; }
}

[MessagePackObject]
public class WithCallback : IMessagePackSerializationCallbackReceiver
{
    [Key(0)]
    public int A { get; set; }

    public void OnBeforeSerialize()
    {
        if (A < 100) A += 100;
    }

    public void OnAfterDeserialize()
    {
    }
}

[MessagePackObject(true)]
public class ByNameIgnored
{
    public int A { get; set; }

    [IgnoreMember]
    public int Hidden { get; set; }

    [IgnoreDataMember]
    public int Hidden2 { get; set; }

    public int B { get; set; }
}

[DataContract]
public class DcOrder
{
    [DataMember(Order = 1)]
    public string B { get; set; }

    [DataMember(Order = 0)]
    public int A { get; set; }

    public int NotAMember { get; set; }
}

[DataContract]
public class DcName
{
    [DataMember(Name = "nm")]
    public string Name { get; set; }

    [DataMember]
    public int Age { get; set; }

    [IgnoreDataMember]
    public int Skip { get; set; }
}

[DataContract]
public class DcNameAndOrder
{
    [DataMember(Name = "second", Order = 1)]
    public int B { get; set; }

    [DataMember(Name = "first", Order = 0)]
    public int A { get; set; }
}

[DataContract]
public class DcBase
{
    [DataMember(Name = "id")]
    public int Id { get; set; }
}

[DataContract]
public class DcDerived : DcBase
{
    [DataMember(Name = "more")]
    public int More { get; set; }
}

[MessagePackObject]
public class PrivateSetter
{
    public PrivateSetter()
    {
    }

    public PrivateSetter(int a, int b)
    {
        A = a;
        B = b;
    }

    [Key(0)]
    public int A { get; private set; }

    [Key(1)]
    public int B { get; set; }
}

[MessagePackObject]
public class PrivateSetterOnly
{
    [Key(0)]
    public int A { get; private set; }

    [Key(1)]
    public int B { get; set; }

    public static PrivateSetterOnly Of(int a, int b)
    {
        PrivateSetterOnly x = new() { B = b };
        x.A = a;
        return x;
    }

    public void Set(int a) => A = a;
}

[MessagePackObject]
public class Empty;
