using System.Buffers;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Tests.Errors;

/// <summary>Error messages as bytes: what is written is read back, and whatever else is read ends in a message or a typed error.</summary>
public sealed class ErrorMessageTests
{
    private const string OutOfStock = "SourceGen.Rpc.Tests.Errors.OutOfStockException";

    [Fact]
    public void A_message_with_a_detail_has_seven_elements_and_one_without_has_five()
    {
        ErrorMessage plain = new(RpcStatusCode.NotFound, "no", "i", 1, Refused: true);
        Assert.Equal([0x95, 5, 0xA2, (byte)'n', (byte)'o', 0xA1, (byte)'i', 1, 0xC3], RawFrames.Encode(plain.Write));
        ErrorMessage detailed = plain with { DetailType = "T", DetailPayload = [9, 8] };
        Assert.Equal(
            [0x97, 5, 0xA2, (byte)'n', (byte)'o', 0xA1, (byte)'i', 1, 0xC3, 0xA1, (byte)'T', 0xC4, 2, 9, 8],
            RawFrames.Encode(detailed.Write));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void What_is_written_is_read_back(int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < 500; i++)
        {
            ErrorMessage written = Make(random);
            ErrorMessage read = RawFrames.ReadError(RawFrames.Encode(written.Write));
            Assert.Equal(written with { DetailPayload = read.DetailPayload }, read);
            Assert.Equal(written.DetailPayload, read.DetailPayload);
        }
    }

    [Fact]
    public void Every_truncated_message_is_refused_with_a_typed_error()
    {
        ErrorMessage message = new(RpcStatusCode.NotFound, "detail", "id", 1) { DetailType = "T", DetailPayload = [1, 2, 3] };
        byte[] whole = RawFrames.Encode(message.Write);
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] part = whole[..length];
            Assert.Throws<RpcSerializationException>(() => RawFrames.ReadError(part));
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Damaged_messages_are_read_or_refused_with_a_typed_error(int seed)
    {
        Random random = new(seed);
        int refused = 0;
        for (int i = 0; i < 5000; i++)
        {
            byte[] bytes = RawFrames.Encode(Make(random).Write);
            for (int damages = random.Next(1, 4); damages > 0; damages--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                ErrorMessage read = ErrorMessage.Read(new ReadOnlySequence<byte>(bytes));
                Assert.InRange((int)read.Code, 1, 16);
                Assert.NotNull(read.ToException().Message);
            }
            catch (RpcSerializationException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 4999);
    }

    [Theory]
    [InlineData(OutOfStock, new byte[] { 0xC1 })]
    [InlineData(OutOfStock, new byte[] { })]
    [InlineData(OutOfStock, new byte[] { 0x81, 0xA4, 0x4C, 0x65, 0x66, 0x74, 0xA1, 0x78 })] // Left: "x"
    [InlineData(OutOfStock, new byte[] { 0x80, 0x80 })]
    [InlineData(OutOfStock, new byte[] { 0xDF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData("SourceGen.Rpc.Tests.Errors.Shortage", new byte[] { 0x93, 1, 2, 3 })]
    [InlineData("SourceGen.Rpc.Tests.Errors.Shortage", new byte[] { 0xC0 })]
    [InlineData("System.IO.FileNotFoundException", new byte[] { 0x80 })]
    [InlineData("", new byte[] { 0x80 })]
    public async Task A_server_that_sends_a_bad_detail_fails_the_call_with_its_code_and_nothing_else(string type, byte[] payload)
    {
        using RawServer server = new();
        await using RpcClient client = RpcClient.Create(server.Address, LabHost.Patient());
        IShop shop = client.Get<IShop>();
        Task<int> failing = shop.OrderAsync("").AsTask();
        using RawPeer peer = await server.AcceptAndIntroduceAsync(RawServer.LabHello() with { Services = [Offer<IShop>()] });
        ulong id = (await peer.ReadFrameAsync()).Header.CallId;
        ErrorMessage error = new(RpcStatusCode.DataLoss, "really") { DetailType = type, DetailPayload = payload };
        await peer.SendAsync(RawFrames.Frame(FrameType.Error, callId: id, payload: RawFrames.Encode(error.Write)));

        RpcException thrown = await Assert.ThrowsAsync<RpcException>(() => failing.Soon());
        Assert.Equal((RpcStatusCode.DataLoss, "really", type), (thrown.Code, thrown.Message, thrown.DetailType));
        Assert.Null(thrown.DetailValue);
        Task<int> next = shop.OrderAsync("").AsTask();
        id = (await peer.ReadFrameAsync()).Header.CallId;
        await peer.SendAsync(RawFrames.Frame(FrameType.Response, callId: id, payload: RawFrames.Integer(7)));
        Assert.Equal(7, await next.Soon());
    }

    private static OfferedService Offer<TService>()
        where TService : class, CompilerServices.IRpcContract<TService> =>
        new(TService.Contract.Name, TService.Contract.Version, TService.Contract.Fingerprint, (ushort)TService.Contract.Methods.Length, 0);

    private static ErrorMessage Make(Random random)
    {
        ErrorMessage message = new(
            (RpcStatusCode)random.Next(1, 17), Text(random), Text(random), random.Next(int.MinValue, int.MaxValue), random.Next(2) == 0);
        if (random.Next(3) == 0) return message;
        byte[] payload = new byte[random.Next(300)];
        random.NextBytes(payload);
        return message with { DetailType = "T" + Text(random), DetailPayload = payload };
    }

    private static string Text(Random random) => new('ö', random.Next(40));
}
