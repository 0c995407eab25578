using System.Buffers;
using System.Text;
using Objects;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.RoundTrip.Tests;

public class UnknownMemberTests
{
    [Fact]
    public void Unknown_members_of_a_map_are_kept_and_written_again()
    {
        const string Later = "84 A158 93C0C3A179 A141 05 A159 81A16101 A0 C0";
        Extensible read = Read<Extensible>("Extensible", Later);

        Assert.Equal((5, 3), (read.A, read.Extra!.Count));
        read.A = 6;
        Assert.Equal("84" + "A15893C0C3A179" + "A15981A16101" + "A0C0" + "A14106", Hex("Extensible", read));
        Assert.Equal("3 unknown members, 15 bytes", read.Extra.ToString());
    }

    [Fact]
    public void Without_unknown_members_there_is_nothing()
    {
        Assert.Null(Read<Extensible>("Extensible", "81 A141 05").Extra);
        Assert.Equal("81A14105", Hex("Extensible", new Extensible { A = 5 }));
    }

    [Fact]
    public void Unknown_elements_of_an_array_stay_in_their_places()
    {
        ObjectsService service = Call("94 9A 01 02 C0 A133 C0 C0 03 C0 9104 C0 82 A14101A15AC3 93 07 C0 08 81 A151 09");
        ExtensibleArray array = (ExtensibleArray)service.Received[0]!;

        Assert.Equal((2, 3, 3), (array.A, array.B, array.Extra!.Count));
        Assert.Equal((ExtensibleRecord)service.Received[1]!, (ExtensibleRecord)Call("94 90 82 A14101A15AC3 90 80").Received[1]!);
        ExtensibleInit init = (ExtensibleInit)service.Received[2]!;
        Assert.Equal((7, 1), (init.A, init.Rest!.Count));
        Assert.Equal(1, ((ExtensiblePrivate)service.Received[3]!).Rest!.Count);

        // The nil at the end is gone: it says nothing.
        array.A = 9;
        Assert.Equal(
            "94" + "9901" + "09" + "C0" + "A133" + "C0C0" + "03" + "C0" + "9104" + "82A15AC3A14101" + "9307C008" + "81A15109",
            Convert.ToHexString(WriteRequest(array, (ExtensibleRecord)service.Received[1]!, init, (ExtensiblePrivate)service.Received[3]!)));
    }

    [Fact]
    public void A_missing_init_member_keeps_its_default_beside_unknown_ones()
    {
        ExtensibleInit init = (ExtensibleInit)Call("94 90 80 92 C0 03 80").Received[2]!;
        Assert.Equal((5, 1), (init.A, init.Rest!.Count));
        Assert.Null(((ExtensibleInit)Call("94 90 80 90 80").Received[2]!).Rest);
    }

    [Fact]
    public void Unknown_members_are_equal_by_content()
    {
        ExtensibleRecord one = Record("82 A141 01 A158 02"), same = Record("82 A158 02 A141 01"), other = Record("82 A141 01 A158 03");

        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(one, other);
        Assert.NotEqual(one, one with { Rest = null });
        Assert.False(one.Rest!.Equals((object?)null));
    }

    [Fact]
    public void What_was_kept_of_a_map_does_not_fit_an_array_nor_the_other_way_round()
    {
        UnknownMembers ofMap = Record("81 A158 02").Rest!;
        UnknownMembers ofArray = ((ExtensibleArray)Call("94 91 01 80 90 80").Received[0]!).Extra!;

        RpcSerializationException error = Assert.Throws<RpcSerializationException>(
            () => WriteRequest(new ExtensibleArray { Extra = ofMap }, new(1, null), new(), new()));
        Assert.StartsWith(
            "Unknown members that were read from a map cannot be written into an array", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<RpcSerializationException>(() => Hex("Extensible", new Extensible { Extra = ofArray }));
        Assert.StartsWith(
            "Unknown members that were read from an array cannot be written into a map", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(65_536)]
    public void Names_of_any_length_are_written_again(int length)
    {
        string name = new('n', length);
        ArrayBufferWriter<byte> bytes = new();
        MessagePack.MessagePackWriter writer = new(bytes);
        writer.WriteMapHeader(1);
        writer.Write(name);
        writer.Write(new string('v', length));
        writer.Flush();

        byte[] sent = bytes.WrittenSpan.ToArray();
        byte[] again = Wire.Write<IObjects, Extensible>("Extensible", Wire.Read<IObjects, Extensible>("Extensible", sent));

        Assert.Equal("82" + Convert.ToHexString(sent)[2..] + "A14100", Convert.ToHexString(again));
    }

    [Fact]
    public void Data_in_many_pieces_is_kept_as_well_as_in_one()
    {
        byte[] data = Convert.FromHexString("84A15893C0C3A179A14105A15981A16101A0C0");
        Extensible whole = Wire.Read<IObjects, Extensible>("Extensible", data);
        for (int size = 1; size < data.Length; size++)
        {
            MessagePack.MessagePackReader reader = new(Pieces(data, size));
            Extensible read = Shape().Read(ref reader);
            Assert.Equal((whole.A, whole.Extra), (read.A, read.Extra));
        }
    }

    [Fact]
    public void Truncated_data_is_an_error_at_every_byte()
    {
        byte[] data = Convert.FromHexString("84A15893C0C3A179A14105A15981A16101A0C0");
        for (int length = 0; length < data.Length; length++)
            Assert.Throws<RpcSerializationException>(() => Wire.Read<IObjects, Extensible>("Extensible", data[..length]));
    }

    [Fact]
    public void Many_small_unknown_members_take_little_more_memory_than_the_message()
    {
        StringBuilder hex = new("DE4000");
        for (int i = 0; i < 0x4000; i++) hex.Append("A178C3");
        byte[] data = Convert.FromHexString(hex.ToString());

        long before = GC.GetAllocatedBytesForCurrentThread();
        Extensible read = Wire.Read<IObjects, Extensible>("Extensible", data);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0x4000, read.Extra!.Count);
        Assert.InRange(allocated, data.Length, 8L * data.Length);
    }

    private static TypeShape<Extensible> Shape()
    {
        ShapeVisitor visitor = new();
        foreach (RpcMethod<IObjects> method in ContractOf<IObjects>().Methods)
        {
            if (method.Name == "Extensible") method.Accept(visitor);
        }

        return visitor.Response!;
    }

    private static byte[] WriteRequest(ExtensibleArray array, ExtensibleRecord record, ExtensibleInit init, ExtensiblePrivate hidden)
    {
        LoopbackChannel channel = new(new ObjectsService());
        ValueTask<Extensible> call = ContractOf<IObjects>().CreateProxy(channel).ExtensibleAsync(array, record, init, hidden);
        Assert.True(call.IsCompletedSuccessfully);
        return channel.LastRequest;
    }

    private static RpcContract<TService> ContractOf<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract;

    private static ReadOnlySequence<byte> Pieces(byte[] data, int size)
    {
        Piece first = new(data.AsMemory(0, Math.Min(size, data.Length)), null);
        Piece last = first;
        for (int at = size; at < data.Length; at += size) last = new Piece(data.AsMemory(at, Math.Min(size, data.Length - at)), last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private static ObjectsService Call(string hex)
    {
        ObjectsService sink = new();
        Wire.Call<IObjects>(sink, "Extensible", hex);
        return sink;
    }

    private static ExtensibleRecord Record(string hex) => (ExtensibleRecord)Call("94 90 " + hex + " 90 80").Received[1]!;

    private static string Hex<T>(string method, T value) => Convert.ToHexString(Wire.Write<IObjects, T>(method, value));

    private static T Read<T>(string method, string hex) => Wire.Read<IObjects, T>(method, hex);

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? previous)
        {
            Memory = memory;
            if (previous is null) return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }

    private sealed class ShapeVisitor : IRpcMethodVisitor<IObjects>
    {
        public TypeShape<Extensible>? Response { get; private set; }

        public void VisitUnary<TRequest, TResponse>(UnaryMethod<IObjects, TRequest, TResponse> method)
            where TRequest : struct => Response = (TypeShape<Extensible>)(object)method.ResponseShape;

        public void VisitAction<TRequest>(ActionMethod<IObjects, TRequest> method)
            where TRequest : struct => throw new InvalidOperationException(method.Name);
    }
}
