using System.Buffers;
using System.IO.Pipelines;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Wire;

/// <summary>The end of a connection, without a peer.</summary>
public sealed class RpcConnectionTests
{
    private readonly TestLog _log = new();
    private readonly RpcConnection _connection;

    public RpcConnectionTests() => _connection = new RpcConnection(
        new BrokenTransport(),
        ConnectionSettings.Create(new RpcClientOptions(), MessagePackCodec.Instance, RawServer.LabHello()),
        methods: [],
        _log);

    [Fact]
    public async Task ATransportThatFailsToAbort_KeepsNoCallWaiting()
    {
        int left = 0;
        _connection.Leaving += _ => left++;
        PendingCall<int> call = PendingCall<int>.Rent(
            PendingCall<int>.Pool, "Test/Call", IntegerSerializer.Instance, 0, long.MaxValue, CancellationToken.None);
        Assert.Equal(RpcConnection.StartResult.Written, _connection.TryStart(call, 0, IntegerSerializer.Instance, 1, MessageHead.None));
        Task<int> result = new ValueTask<int>(call, call.Version).AsTask();
        RpcException reason = new(RpcStatusCode.Unavailable, "the test is over");
        _connection.Close(reason);
        _connection.Close(new RpcException(RpcStatusCode.Internal, "a second reason"));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => result.Soon());
        Assert.Contains("the test is over", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, left);
        await _log.WaitForAsync("cannot abort");
    }

    [Fact]
    public void AClosedConnection_TakesNoCalls()
    {
        _connection.Close(new RpcException(RpcStatusCode.Unavailable, "the test is over"));
        PendingCall<int> call = PendingCall<int>.Rent(
            PendingCall<int>.Pool, "Test/Call", IntegerSerializer.Instance, 0, long.MaxValue, CancellationToken.None);
        Assert.Equal(RpcConnection.StartResult.Closed, _connection.TryStart(call, 0, IntegerSerializer.Instance, 1, MessageHead.None));
        Assert.Equal(
            RpcConnection.StartResult.Closed, _connection.TrySend("Test/Call", 0, IntegerSerializer.Instance, 1, MessageHead.None));
        Assert.Equal(0, _connection.Calls.InFlight);
        Assert.False(_connection.Output.Gate.IsHeldByCurrentThread);
        call.Return();
    }

    private sealed class IntegerSerializer : ISerializer<int>
    {
        public static IntegerSerializer Instance { get; } = new();

        public void Serialize(IBufferWriter<byte> writer, in int value) => writer.Write([(byte)value]);

        public int Deserialize(in ReadOnlySequence<byte> data) => data.FirstSpan[0];
    }

    private sealed class BrokenTransport : ITransportConnection, IGatheringOutput
    {
        private readonly RecordingTransport _inner = new();

        public PipeReader Input => _inner.Input;

        public PipeWriter Output => _inner.Output;

        public RpcAddress LocalAddress => _inner.LocalAddress;

        public RpcAddress RemoteAddress => _inner.RemoteAddress;

        public ValueTask SendAsync(in ReadOnlySequence<byte> data) => _inner.SendAsync(data);

        public void Abort(Exception? reason = null) => throw new InvalidOperationException("cannot abort");

        public ValueTask DisposeAsync() => default;
    }
}
