using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using SourceGen.Rpc.Transport;

namespace SourceGen.Rpc.Tests.Transport;

/// <summary>
/// An abort on another thread disposes the socket at any point of a read or a send. Here it is disposed at the latest possible one:
/// after the operation has looked whether the connection is aborted, and before it calls the socket.
/// </summary>
public sealed class DisposedSocketTests
{
    private readonly SegmentPool _pool = new(new PoisonPool());
    private readonly ConnectionFault _fault = new(RpcAddress.Parse("tcp://127.0.0.1:1"));

    [Fact]
    public void Read_IsAnIOException()
    {
        SocketInput input = NewInput();
        Assert.Throws<IOException>(() => { _ = input.ReadAsync(); });
        Assert.Throws<IOException>(() => { _ = input.ReadAsync(); });
    }

    [Fact]
    public void TryRead_IsAnIOException() => Assert.Throws<IOException>(() => NewInput().TryRead(out _));

    [Fact]
    public void Read_AfterTheAbortIsKnown_CarriesItsReason()
    {
        SocketInput input = NewInput();
        Assert.Throws<IOException>(() => input.TryRead(out _));
        _fault.TrySet(new InvalidDataException("why"));
        Assert.IsType<InvalidDataException>(Assert.Throws<IOException>(() => input.TryRead(out _)).InnerException);
    }

    [Fact]
    public void Poll_SaysThatAReadWouldNotWait() => Assert.True(NewInput().Poll(-1));

    [Fact]
    public async Task Drain_IsOver()
    {
        SocketInput input = NewInput();
        input.Close();
        await input.DrainAsync().Soon();
        Assert.True(input.TryRead(out ReadResult result));
        Assert.True(result.IsCompleted);
        Assert.Equal(0, _pool.Outstanding);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Send_IsAnIOExceptionAndLeavesTheSenderUsableForClosing(int segments)
    {
        Socket socket = NewDisposedSocket();
        var sender = new SocketSender(socket, SocketWaiter.Create(socket), _fault);
        ReadOnlySequence<byte> data = Bytes.Sequence(Bytes.Cut(new byte[segments], 1));
        await Assert.ThrowsAsync<IOException>(() => sender.SendAsync(data).Soon());
        _fault.TrySet(new InvalidDataException("why"));
        IOException error = await Assert.ThrowsAsync<IOException>(() => sender.SendAsync(data).Soon());
        Assert.IsType<InvalidDataException>(error.InnerException);
        await sender.CloseAsync().Soon();
    }

    private SocketInput NewInput()
    {
        Socket socket = NewDisposedSocket();
        return new SocketInput(socket, SocketWaiter.Create(socket), _fault, _pool, _ => { });
    }

    private static Socket NewDisposedSocket()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Dispose();
        return socket;
    }
}
