// The definitions of the golden file, without MessagePack-CSharp's own [MessagePackObject]; they are not annotated for null there.
#nullable disable
using System.Runtime.Serialization;

namespace SourceGen.Rpc.Codec.Tests.Golden;

public class BaseNamed
{
    public int Id { get; set; }

    public string Kind { get; set; }
}

public class BaseStringKeyed
{
    [Key("id")]
    public int Id { get; set; }
}

public class ByName
{
    public int Id { get; set; }

    public string Title { get; set; }

    public double[] Scores { get; set; }
}

public class ByNameGetterOnly
{
    public int A { get; set; }

    public int Twice => A * 2;
}

public record ByNameRecord(int Id, string Text);

public struct ByNameStruct
{
    public int A;

    public bool B { get; set; }
}

public class CtorByName
{
    public string Name { get; }

    public int Age { get; }

    public CtorByName(int age, string name)
    {
        Name = name;
        Age = age;
    }
}

public class DerivedNamed : BaseNamed
{
    public string Extra { get; set; }
}

public class DerivedStringKeyed : BaseStringKeyed
{
    [Key("a")]
    public int A { get; set; }
}

public class InitByName
{
    public required string Name { get; init; }

    public int? Count { get; init; }
}

public class KeyedMixBase
{
    [Key("bf")]
    public int BaseField;

    [Key("bp")]
    public int BaseProp { get; set; }
}

public class KeyedMixDerived : KeyedMixBase
{
    [Key("of")]
    public int OwnField;

    [Key("op")]
    public int OwnProp { get; set; }
}

public class LongKey
{
    [Key("abcdefghijklmnopqrstuvwxyz0123456789")]
    public int V { get; set; }
}

public class MixBase
{
    public int BaseField;

    public int BaseProp { get; set; }
}

public class MixDerived : MixBase
{
    public int OwnField;

    public int OwnProp { get; set; }
}

public class Poco
{
    public int Id { get; set; }

    public string Name { get; set; }

    public List<string> Tags { get; set; }
}

public class PocoBase
{
    public int A { get; set; }
}

public class PocoDataMember
{
    public int Z { get; set; }

    [DataMember(Order = 2)]
    public int A { get; set; }

    [DataMember(Order = 1, Name = "renamed")]
    public int B { get; set; }
}

public class PocoDerived : PocoBase
{
    public int B { get; set; }
}

public class PocoMixBase
{
    public int BaseField;

    public int BaseProp { get; set; }
}

public class PocoMixDerived : PocoMixBase
{
    public int OwnField;

    public int OwnProp { get; set; }
}

public class PocoMixed
{
    public int Field;

    public int Prop { get; set; }

    public int ReadOnly => 5;

    [IgnoreMember]
    public int Ignored { get; set; }

    public int PrivateSet { get; private set; }

    private readonly int _hidden = 1;

    public int Hidden() => _hidden;
}

public class PocoNested
{
    public Poco Inner { get; set; }

    public Dictionary<string, Poco> Map { get; set; }

    public int[] Numbers { get; set; }
}

public record PocoRecord(int Id, string Name);

public record struct PocoRecordStruct(int A, double B);

public struct PocoStruct
{
    public int X;

    public int Y { get; set; }
}

public class PropsAndFields
{
    public int F1;

    public int P1 { get; set; }

    public int F2;

    public int P2 { get; set; }
}

public record Result<TOk, TErr>(TOk Ok, TErr Err);

public class StringKeys
{
    [Key("x")]
    public int X { get; set; }

    [Key("name")]
    public string Name { get; set; }
}

public class Tree
{
    [Key("v")]
    public string Value { get; set; }

    [Key("c")]
    public Tree[] Children { get; set; }
}

public class UnicodeKeys
{
    [Key("größe")]
    public int Size { get; set; }

    [Key("a.b")]
    public int Dotted { get; set; }
}
