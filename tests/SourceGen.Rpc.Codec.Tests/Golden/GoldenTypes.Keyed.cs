// The definitions of the golden file, without MessagePack-CSharp's own [MessagePackObject]; they are not annotated for null there.
#nullable disable
namespace SourceGen.Rpc.Codec.Tests.Golden;

[Flags]
public enum Access
{
    None = 0,
    Read = 1,
    Write = 2,
    All = 3,
}

public class AllPrimitives
{
    [Key(0)]
    public bool B { get; set; }

    [Key(1)]
    public byte U8 { get; set; }

    [Key(2)]
    public sbyte I8 { get; set; }

    [Key(3)]
    public short I16 { get; set; }

    [Key(4)]
    public ushort U16 { get; set; }

    [Key(5)]
    public int I32 { get; set; }

    [Key(6)]
    public uint U32 { get; set; }

    [Key(7)]
    public long I64 { get; set; }

    [Key(8)]
    public ulong U64 { get; set; }

    [Key(9)]
    public float F { get; set; }

    [Key(10)]
    public double D { get; set; }

    [Key(11)]
    public char C { get; set; }

    [Key(12)]
    public string S { get; set; }

    [Key(13)]
    public byte[] Bytes { get; set; }

    [Key(14)]
    public decimal M { get; set; }

    [Key(15)]
    public Color E { get; set; }
}

public class BaseKeyed
{
    [Key(0)]
    public int A { get; set; }

    [Key(1)]
    public virtual string B { get; set; }
}

public class Box<T>
{
    [Key(0)]
    public T Value { get; set; }
}

public enum ByteEnum : byte
{
    A = 1,
    Max = 255,
}

public enum Color
{
    Red,
    Green,
    Blue = 200,
}

public class CtorBound
{
    [Key(0)]
    public int A { get; }

    [Key(1)]
    public string B { get; }

    public CtorBound(int a, string b)
    {
        A = a;
        B = b;
    }
}

public class DerivedKeyed : BaseKeyed
{
    [Key(2)]
    public int C { get; set; }
}

public class Fields
{
    [Key(0)]
    public int A;

    [Key(1)]
    public string B;
}

public class Gaps
{
    [Key(1)]
    public int A { get; set; }

    [Key(4)]
    public string B { get; set; }
}

public class InitRequired
{
    [Key(0)]
    public required int A { get; init; }

    [Key(1)]
    public required string B { get; init; }

    [Key(2)]
    public int C { get; init; }
}

public enum LongEnum : long
{
    Min = long.MinValue,
    Max = long.MaxValue,
}

public class Members
{
    [Key(0)]
    public string S { get; set; }

    [Key(1)]
    public int? N { get; set; }

    [Key(2)]
    public List<int> L { get; set; }

    [Key(3)]
    public Dictionary<string, int> D { get; set; }

    [Key(4)]
    public byte[] B { get; set; }

    [Key(5)]
    public Point P { get; set; }

    [Key(6)]
    public DateTime T { get; set; }

    [Key(7)]
    public Guid G { get; set; }
}

public class Node
{
    [Key(0)]
    public int Value { get; set; }

    [Key(1)]
    public Node Next { get; set; }
}

public class Nullables
{
    [Key(0)]
    public int? A { get; set; }

    [Key(1)]
    public DateTime? B { get; set; }

    [Key(2)]
    public Color? C { get; set; }

    [Key(3)]
    public PointStruct? D { get; set; }
}

public class OutOfOrder
{
    [Key(2)]
    public int C { get; set; }

    [Key(0)]
    public int A { get; set; }

    [Key(1)]
    public int B { get; set; }
}

public class Outer
{
    [Key(0)]
    public Inner One { get; set; }

    [Key(1)]
    public List<Inner> Many { get; set; }

    public class Inner
    {
        [Key(0)]
        public string Text { get; set; }
    }
}

public class OverridesKeyed : BaseKeyed
{
    [Key(1)]
    public override string B { get; set; }

    [Key(3)]
    public int D { get; set; }
}

public record struct PairRecord([property: Key(0)] int A, [property: Key(1)] string B);

public class PartlyPrivate
{
    [Key(0)]
    public int A { get; set; }

    private readonly int _secret = 7;

    public int Secret() => _secret;
}

public record PersonRecord([property: Key(0)] string Name, [property: Key(1)] int Age);

public class Point
{
    [Key(0)]
    public int X { get; set; }

    [Key(1)]
    public int Y { get; set; }
}

public struct PointStruct
{
    [Key(0)]
    public int X;

    [Key(1)]
    public int Y;
}

public readonly struct ReadOnlyPoint
{
    [Key(0)]
    public int X { get; }

    [Key(1)]
    public int Y { get; }

    public ReadOnlyPoint(int x, int y)
    {
        X = x;
        Y = y;
    }
}

public enum SByteEnum : sbyte
{
    Min = -128,
    Zero = 0,
    Max = 127,
}

public enum ShortEnum : short
{
    Min = -32768,
    Max = 32767,
}

public readonly record struct TempRecord([property: Key(0)] double Celsius);

public enum UIntEnum : uint
{
    A = 1,
    Max = 4294967295,
}

public enum ULongEnum : ulong
{
    A = 1,
    Max = ulong.MaxValue,
}

public enum UShortEnum : ushort
{
    A = 1,
    Max = 65535,
}

public class Wide16
{
    [Key(0)]
    public int A0 { get; set; }

    [Key(15)]
    public int A15 { get; set; }
}

public class WithIgnored
{
    [Key(0)]
    public int A { get; set; }

    [IgnoreMember]
    public int Hidden { get; set; }

    [Key(1)]
    public int B { get; set; }
}
