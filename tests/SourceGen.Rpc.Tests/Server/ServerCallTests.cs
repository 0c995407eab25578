using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Tests.Server;

/// <summary>Cancellations that come late: to a pooled call that is finished, or serves somebody else by now.</summary>
public sealed class ServerCallTests
{
    private readonly RpcConnection _one = NewConnection();
    private readonly RpcConnection _other = NewConnection();
    private readonly FakeCall _call = new();

    [Fact]
    public void ACancellation_IsSeenByItsCall()
    {
        Begin(_one, 1);
        _one.Running.Cancel(1);
        Assert.True(_call.EndHandler());
        Begin(_one, 2);
        Assert.False(_call.EndHandler()); // It is not carried over.
    }

    [Fact]
    public void ACancellationOfAnotherConnectionsCallWithTheSameId_IsNotMeant()
    {
        Begin(_one, 1);
        _call.EndHandler();
        Begin(_other, 1);
        _call.RequestCancel(_one, 1); // The receiver of the first found the call just before it ended.
        Assert.False(_call.EndHandler());
    }

    [Fact]
    public void TheLossOfAnotherConnection_IsNotMeant()
    {
        Begin(_one, 1);
        _call.EndHandler();
        Begin(_other, 7);
        _call.RequestCancel(_one, id: null);
        Assert.False(_call.EndHandler());
        Begin(_other, 8);
        _other.Running.CancelAll();
        Assert.True(_call.EndHandler());
    }

    [Fact]
    public void ACancellationOfACallThatIsBackInThePool_IsIgnored()
    {
        Begin(_one, 1);
        _call.EndHandler();
        _call.GoBackToThePool();
        _call.RequestCancel(_one, 1);
        Begin(_one, 1);
        Assert.False(_call.EndHandler());
    }

    [Fact]
    public void ACallThatBeginsAfterItsConnectionWasLost_IsCancelled()
    {
        _one.Running.CancelAll();
        Begin(_one, 1);
        Assert.True(_call.EndHandler());
    }

    private static RpcConnection NewConnection() => new(
        new RecordingTransport(),
        ConnectionSettings.Create(new RpcServerOptions(), MessagePackCodec.Instance, RawFrames.ClientHello()),
        methods: [],
        NullLogger.Instance);

    private void Begin(RpcConnection connection, ulong id)
    {
        _call.BeginCall(connection, id);
        connection.Running.Add(_call, id, oneWay: false);
    }

    private sealed class FakeCall : ServerCall
    {
        private bool _pooled;

        // As the real one: a pooled call belongs to no method that could tell.
        public override bool IsCancellable => _pooled ? throw new InvalidOperationException("The call is in its pool.") : true;

        protected override CompilerServices.RpcMethod Called => throw new NotSupportedException();

        public void BeginCall(RpcConnection connection, ulong id)
        {
            _pooled = false;
            Begin(connection, id, oneWay: false);
        }

        public bool EndHandler() => FinishHandler();

        public void GoBackToThePool() => Recycle();

        public override void Run() => throw new NotSupportedException();

        protected override void Recycle() => _pooled = true;
    }
}
