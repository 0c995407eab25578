using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>The result of a method that is a stream: nothing happens until it is enumerated, and each enumeration is a call.</summary>
/// <param name="method">The method.</param>
/// <param name="request">The ordinary arguments.</param>
/// <param name="formats">How the items are read.</param>
/// <param name="createUpload">Makes the stream that the call sends too; null when it sends none.</param>
/// <param name="methodToken">The token that the method was called with.</param>
internal sealed class ResultStream<TRequest, TItem>(
    StreamingMethod<TRequest> method,
    TRequest request,
    ItemFormatCache<TItem> formats,
    Func<RpcConnection, IUpload>? createUpload,
    CancellationToken methodToken)
    : IAsyncEnumerable<TItem>
    where TRequest : struct
{
    private readonly StreamingMethod<TRequest> _method = method;
    private readonly TRequest _request = request;
    private readonly ItemFormatCache<TItem> _formats = formats;
    private readonly Func<RpcConnection, IUpload>? _createUpload = createUpload;
    private readonly CancellationToken _methodToken = methodToken;

    public IAsyncEnumerator<TItem> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        new Enumerator(this, cancellationToken);

    /// <summary>One call, which its first MoveNextAsync makes.</summary>
    private sealed class Enumerator(ResultStream<TRequest, TItem> stream, CancellationToken enumeratorToken)
        : InboundStream<TItem>(connection: null)
    {
        private CancellationTokenRegistration _methodRegistration;
        private CancellationTokenRegistration _enumeratorRegistration;
        private volatile StreamCall? _call;
        private CancellationToken _cancelledBy;
        private volatile bool _cancelled;
        private bool _begun;

        public override bool End(Exception? error)
        {
            bool wake = base.End(error);
            CloseAccount(); // The call is over, and its sender counts no more either.
            return wake;
        }

        public override ValueTask DisposeAsync()
        {
            _begun = true;
            _methodRegistration.Unregister();
            _enumeratorRegistration.Unregister();
            GiveUp(CancellationToken.None);
            return default;
        }

        protected override Task? BeginAsync()
        {
            if (_begun) return null;
            _begun = true;
            ClientObservation observation = Instruments.ObservesClients ? stream._method.Observe() : default;
            try
            {
                stream._methodToken.ThrowIfCancellationRequested();
                enumeratorToken.ThrowIfCancellationRequested();
                _methodRegistration = stream._methodToken.UnsafeRegister(static (self, token) => ((Enumerator)self!).GiveUp(token), this);
                _enumeratorRegistration = enumeratorToken.UnsafeRegister(static (self, token) => ((Enumerator)self!).GiveUp(token), this);
                if (stream._method.TryStart(in stream._request, Create, in observation) is not null) return null;
            }
            catch (Exception e)
            {
                Fail(e, in observation);
                return null;
            }

            return BeginSlowlyAsync(observation);
        }

        protected override void GiveCredit(long amount)
        {
            if (!HasEnded) Connection!.WriteCredit(_call!.Id, FrameFlags.None, amount);
        }

        /// <summary>The call was never made.</summary>
        private void Fail(Exception error, in ClientObservation observation)
        {
            if (observation.IsOn) observation.End(error);
            End(error);
        }

        private async Task BeginSlowlyAsync(ClientObservation observation)
        {
            using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(stream._methodToken, enumeratorToken);
            try
            {
                await stream._method.StartAsync(stream._request, Create, observation, source.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (source.IsCancellationRequested)
            {
                CancellationToken token = enumeratorToken.IsCancellationRequested ? enumeratorToken : stream._methodToken;
                Fail(new OperationCanceledException(token), in observation);
            }
            catch (Exception e)
            {
                Fail(e, in observation);
            }
        }

        private DownloadCall<TItem> Create(RpcConnection connection)
        {
            Attach(connection, stream._formats.Get(connection.Codec));
            DownloadCall<TItem> call = new(stream._method.FullName, this) { Upload = stream._createUpload?.Invoke(connection) };
            _call = call;
            Interlocked.MemoryBarrier();
            if (_cancelled) call.Cancel(_cancelledBy);
            return call;
        }

        private void GiveUp(CancellationToken token)
        {
            _cancelledBy = token;
            _cancelled = true;
            Interlocked.MemoryBarrier();
            if (_call is { } call && !HasEnded && call.Cancel(token)) return;

            // Items may still be there of a call that is over, or whose reply has come and is just being read.
            if (Abort(new OperationCanceledException(token))) WakeLater();
        }
    }
}
