using SourceGen.Rpc.MessagePack;

[Service]
public partial interface IGreeter
{
    ValueTask A(NotOne a, OtherType b, Explicit c, [RpcSerializer(null!)] int d, [RpcSerializer(typeof(int[]))] int e, Nameless f);

    ValueTask B(
        [RpcSerializer(typeof(Two<,>))] int a, Generic<int> b, [RpcSerializer(typeof(LongSerializer))] List<long> c,
        [RpcSerializer(typeof(LongSerializer))] IAsyncEnumerable<long> d, [RpcSerializer(typeof(Hidden))] long e);

    ValueTask C([RpcSerializer(typeof(LongSerializer))] long good, [RpcSerializer(typeof(LongSerializer))] long? goodToo, Old old);
}

[RpcSerializer(typeof(string))]
public class NotOne;

[RpcSerializer(typeof(LongSerializer))]
public class OtherType;

[RpcSerializer(typeof(ExplicitSerializer))]
public class Explicit;

public class ExplicitSerializer : IRpcSerializer<Explicit>
{
    public static void Write(ref MessagePackWriter writer, in Explicit value) => writer.Write(1);

    static Explicit IRpcSerializer<Explicit>.Read(ref MessagePackReader reader) => new();
}

[RpcSerializer(typeof(NamelessSerializer))]
public class Nameless;

[WireFormat("")]
public class NamelessSerializer : IRpcSerializer<Nameless>
{
    public static void Write(ref MessagePackWriter writer, in Nameless value) => writer.Write(1);

    public static Nameless Read(ref MessagePackReader reader) => new();
}

public class Two<T, TOther>;

[RpcSerializer(typeof(Two<,>))]
public class Generic<T>;

public class LongSerializer : IRpcSerializer<long>
{
    public static void Write(ref MessagePackWriter writer, in long value) => writer.Write(value);

    public static long Read(ref MessagePackReader reader) => reader.ReadInt64();
}

file class Hidden : LongSerializer;

[RpcSerializer(typeof(OldSerializer))]
public class Old;

[Obsolete("Gone.", error: true)]
public class OldSerializer : IRpcSerializer<Old>
{
    public static void Write(ref MessagePackWriter writer, in Old value) => writer.Write(1);

    public static Old Read(ref MessagePackReader reader) => new();
}
