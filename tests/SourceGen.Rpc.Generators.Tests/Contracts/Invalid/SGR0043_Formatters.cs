using MessagePack;
using SourceGen.Rpc.MessagePack;

[Service]
public partial interface IGreeter
{
    ValueTask A(Money money, Wallet wallet, [MessagePackFormatter(typeof(object))] int number, Good good);
}

[MessagePackFormatter(typeof(object))]
public record struct Money(long Cents);

public class Wallet
{
    [MessagePackFormatter(typeof(object))]
    public int Id { get; set; }
}

[MessagePackFormatter(typeof(object))]
[RpcSerializer(typeof(GoodSerializer))]
public record struct Good(long Cents);

public class GoodSerializer : IRpcSerializer<Good>
{
    public static void Write(ref MessagePackWriter writer, in Good value) => writer.Write(value.Cents);

    public static Good Read(ref MessagePackReader reader) => new(reader.ReadInt64());
}

namespace MessagePack
{
    public sealed class MessagePackFormatterAttribute(Type type) : Attribute
    {
        public Type Type => type;
    }
}
