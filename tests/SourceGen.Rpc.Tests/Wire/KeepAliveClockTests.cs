using System.Runtime.CompilerServices;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Wire;

/// <summary>
/// When a connection pings and gives up, by a clock that the test turns: the default is 15 s of silence, then 10 s for the answer.
/// </summary>
public sealed class KeepAliveClockTests
{
    private readonly RecordingTransport _transport = new();
    private readonly TestLog _log = new();
    private readonly RpcConnection _connection;

    public KeepAliveClockTests()
    {
        _connection = new RpcConnection(
            _transport, ConnectionSettings.Create(new RpcClientOptions(), MessagePackCodec.Instance, RawServer.LabHello()), methods: [], _log);
        LastReceivedOf(_connection) = 1_000_000;
    }

    private int Pings => _transport.Frames().Count(frame => frame.Header.Type == FrameType.Ping);

    [Fact]
    public void Silence_IsAnsweredWithOnePing_AndGivenTimeBeforeTheEnd()
    {
        _connection.OnTick(1_014_999);
        Assert.Equal(0, Pings);
        _connection.OnTick(1_015_010);
        _connection.OnTick(1_020_000);
        Assert.Equal(1, Pings);
        _connection.OnTick(1_025_000);
        Assert.Equal(0, _log.Count("did not answer"));
        _connection.OnTick(1_025_010);
        _connection.OnTick(1_025_020);
        Assert.Equal(1, _log.Count("did not answer"));
    }

    [Fact]
    public void AProcessThatDidNotRunForLong_AsksBeforeItGivesUp()
    {
        _connection.OnTick(9_000_000);
        Assert.Equal(1, Pings);
        _connection.OnTick(9_000_010);
        _connection.OnTick(9_009_990);
        Assert.Equal(0, _log.Count("did not answer"));
        _connection.OnTick(9_010_000);
        Assert.Equal(1, _log.Count("did not answer"));
    }

    [Fact]
    public void AnAnswerThatWasNotLookedAtSoon_CountsAllTheSame()
    {
        _connection.OnTick(1_015_000);
        LastReceivedOf(_connection) = 1_015_001;
        _connection.OnTick(1_060_000); // The next look comes when it is time for the next ping already.
        Assert.Equal(2, Pings);
        _connection.OnTick(1_069_000);
        Assert.Equal(0, _log.Count("did not answer"));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_lastReceived")]
    private static extern ref long LastReceivedOf(RpcConnection connection);
}
