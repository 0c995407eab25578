using System.Runtime.Serialization;
using SourceGen.Rpc.MessagePack;

namespace Objects
{
    [Service]
    public partial interface IObjects
    {
        ValueTask<Private> PrivateAsync(PrivateStruct value, PrivateInit init, DerivedPrivate derived);

        ValueTask<Marked> MarkedAsync(Covering covering, ByKey byKey);

        ValueTask<Listed> ListedAsync(Ordered ordered, DerivedListed derived);

        ValueTask<Ignoring> IgnoringAsync(Internals internals);

        ValueTask<Extensible> ExtensibleAsync(ExtensibleArray array, ExtensibleRecord record, ExtensibleInit init, ExtensiblePrivate hidden);

        ValueTask<Told> ToldAsync(ToldStruct value, ToldRecord record);

        ValueTask<Money> MoneyAsync(
            Money? optional, [RpcSerializer(typeof(HexOnly))] int hex, Wallet wallet, Box<int> box, List<Money> all, Grade grade);

        ValueTask<Interned> InternedAsync([Intern] string currency, [Intern] string? country);

        ValueTask<ByName> ByNameAsync(ForeignEmpty empty);

        ValueTask<Nest<string>.Inner<int?>> GenericAsync(Constrained<Circle, List<int>> constrained, Nest<string?>.Inner<int> nest);
    }

    public class Private
    {
        [Key("A")]
        public int A { get; private set; } = 1;

        [Key("b")]
        public string? B { get; protected set; }

        public int C { get; set; }

        public static Private Of(int a, string? b) => new() { A = a, B = b };
    }

    public struct PrivateStruct
    {
        [Key(0)]
        public int A { get; private set; }

        [Key(1)]
        public int? B { get; private set; }

        public static PrivateStruct Of(int a, int? b) => new() { A = a, B = b };
    }

    public class PrivateInit(int b)
    {
        [Key(0)]
        public int A { get; private init; } = 3;

        [Key(1)]
        public int B { get; private set; } = b;

        public static PrivateInit Of(int a, int b) => new(b) { A = a };
    }

    public sealed class DerivedPrivate : Private
    {
        [Key("D")]
        public int D { get; private set; }
    }

    public class Marked
    {
        public Marked()
        {
        }

        [SerializationConstructor]
        public Marked(int a) => A = a;

        public int A { get; }

        public string? B { get; set; }
    }

    /// <summary>Without the second constructor B would not travel.</summary>
    public class Covering
    {
        public Covering()
        {
        }

        public Covering(int a, int b)
        {
            A = a;
            B = b;
        }

        public int A { get; set; }

        public int B { get; }
    }

    public class ByKey([Key(1)] int second, [Key(0)] int first)
    {
        [Key(0)]
        public int A { get; } = first;

        [Key(1)]
        public int B { get; } = second;
    }

    [DataContract]
    public class Listed
    {
        [DataMember(Name = "nm")]
        public string? Name { get; set; }

        [DataMember]
        public int Age { get; set; }

        public int NotListed { get; set; }

        public virtual int Virtual { get; set; }
    }

    [DataContract]
    public sealed class DerivedListed : Listed
    {
        [DataMember(Name = "more")]
        public int More { get; set; }

        [DataMember]
        public override int Virtual { get; set; }
    }

    [DataContract]
    public class Ordered
    {
        [DataMember(Order = 1)]
        public string? B { get; set; }

        [DataMember(Order = 0, Name = "ignored")]
        public int A { get; set; }
    }

    public class KeyedBase
    {
        [Key(0)]
        public string? Name { get; set; }
    }

    /// <summary>Where MessagePack-CSharp takes the names of members as keys, it does not look at others.</summary>
    [global::MessagePack.MessagePackObject(keyAsPropertyName: true)]
    public sealed class ByName : KeyedBase
    {
        public bool Indoor { get; set; }
    }

    [global::MessagePack.MessagePackObject]
    public sealed class ForeignEmpty;

    public class Ignoring
    {
        public int A { get; set; }

        [IgnoreDataMember]
        public object? B { get; set; }

        public const int Constant = 1;

        public static int Static { get; set; }

        public readonly int Computed = 2;

        public int Kept { get; private set; } = 3;
    }

    public class Internals
    {
        [Key("A")]
        public int A { get; internal set; }

        [Key("B")]
        public int B { get; internal init; } = 2;
    }

    public class Extensible
    {
        public int A { get; set; }

        public UnknownMembers? Extra { get; set; }
    }

    public class ExtensibleArray
    {
        [Key(1)]
        public int A { get; set; }

        [Key(6)]
        public int B { get; set; }

        public UnknownMembers? Extra { get; set; }
    }

    public sealed record ExtensibleRecord(int A, UnknownMembers? Rest);

    public sealed record ExtensibleInit
    {
        [Key(0)]
        public int A { get; init; } = 5;

        public UnknownMembers? Rest { get; init; }
    }

    [DataContract]
    public sealed class ExtensiblePrivate
    {
        public UnknownMembers? Rest { get; private set; }
    }

    public class Told : ISerializationCallbacks
    {
        public int A { get; set; }

        [IgnoreMember]
        public string Log { get; private set; } = "";

        void ISerializationCallbacks.OnSerializing() => A++;

        void ISerializationCallbacks.OnDeserialized() => Log += $"read {A}";
    }

    public struct ToldStruct : ISerializationCallbacks
    {
        public int A { get; set; }

        public void OnSerializing() => A += 10;

        public void OnDeserialized() => A += 100;
    }

    public sealed record ToldRecord(int A) : ISerializationCallbacks
    {
        [IgnoreMember]
        public int Times { get; private set; }

        public void OnSerializing() => Times++;

        public void OnDeserialized() => Times += 10;
    }

    [RpcSerializer(typeof(MoneySerializer))]
    public readonly record struct Money(long Cents);

    [WireFormat("shop.money")]
    public sealed class MoneySerializer : IRpcSerializer<Money>
    {
        public static void Write(ref MessagePackWriter writer, in Money value) => writer.Write(value.Cents);

        public static Money Read(ref MessagePackReader reader) => new(reader.ReadInt64());
    }

    public sealed class AddressSerializer : IRpcSerializer<System.Net.IPAddress>
    {
        public static void Write(ref MessagePackWriter writer, in System.Net.IPAddress value) => writer.Write(value.ToString());

        public static System.Net.IPAddress Read(ref MessagePackReader reader) => System.Net.IPAddress.Parse(reader.ReadString() ?? "");
    }

    public struct HexOnly : IRpcSerializer<int>
    {
        public static void Write(ref MessagePackWriter writer, in int value) =>
            writer.Write(value.ToString("x", System.Globalization.CultureInfo.InvariantCulture));

        public static int Read(ref MessagePackReader reader) =>
            int.Parse(reader.ReadString()!, System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
    }

    public sealed record Wallet(
        [RpcSerializer(typeof(HexOnly))] int Hex,
        [RpcSerializer(typeof(HexOnly))] int? Maybe,
        [RpcSerializer(typeof(AddressSerializer))] System.Net.IPAddress? Address,
        Money Money,
        int Plain);

    [RpcSerializer(typeof(BoxSerializer<>))]
    public sealed record Box<T>(T Value);

    [WireFormat("box")]
    public sealed class BoxSerializer<T> : IRpcSerializer<Box<T>>
    {
        public static void Write(ref MessagePackWriter writer, in Box<T> value) => writer.Write(value.Value?.ToString());

        public static Box<T> Read(ref MessagePackReader reader) => new((T)Convert.ChangeType(
            reader.ReadString()!, typeof(T), System.Globalization.CultureInfo.InvariantCulture));
    }

    [RpcSerializer(typeof(GradeSerializer))]
    public enum Grade
    {
        Low,
        High,
    }

    public sealed class GradeSerializer : IRpcSerializer<Grade>
    {
        public static void Write(ref MessagePackWriter writer, in Grade value) => writer.Write(value == Grade.Low ? "low" : "high");

        public static Grade Read(ref MessagePackReader reader) => reader.ReadString() == "low" ? Grade.Low : Grade.High;
    }

    public sealed record Interned([Intern] string Currency, string Other)
    {
        [Intern]
        public string? Country { get; init; }
    }

    public sealed class Constrained<T, TList>
        where T : IShape, new()
        where TList : class, IReadOnlyList<int>
    {
        public T? Shape { get; set; }

        public TList? Numbers { get; set; }

        public Constrained<T, TList>? Next { get; set; }
    }

    public interface IShape
    {
        int Corners { get; }
    }

    public sealed class Circle : IShape
    {
        public int Corners { get; set; }
    }

    public static class Nest<T>
    {
        public sealed record Inner<TValue>(T Outer, TValue Value, KeyValuePair<T, TValue>? Pair);
    }
}

namespace MessagePack
{
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class MessagePackObjectAttribute(bool keyAsPropertyName = false) : Attribute
    {
        public bool KeyAsPropertyName => keyAsPropertyName;
    }
}
