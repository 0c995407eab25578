using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace SourceGen.Rpc.Transport.Tls;

/// <summary>TLS over another connection.</summary>
internal sealed class TlsConnection : ITlsConnection, IGatheringOutput, IPollableInput
{
    private readonly TlsHandshake _handshake;
    private readonly SocketConnectionSettings _settings;
    private readonly ConnectionFault _fault;
    private readonly CipherStream _cipher;
    private readonly SslStream _tls;
    private readonly TlsInput _input;
    private readonly TlsOutput _sender;
    private readonly StagedOutput _output;
    private readonly TaskCompletionSource _shaken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _started;
    private int _closing;
    private int _halvesOpen = 2;

    /// <summary>Takes over a connection. It gathers and can be polled, as sockets do.</summary>
    /// <param name="inner">The connection underneath; closed with this one.</param>
    /// <param name="local">This side's address.</param>
    /// <param name="remote">The peer's address, which errors name.</param>
    /// <param name="handshake">This side's part in the handshake.</param>
    /// <param name="settings">Buffers and limits.</param>
    public TlsConnection(
        ITransportConnection inner, RpcAddress local, RpcAddress remote, TlsHandshake handshake, SocketConnectionSettings settings)
    {
        Inner = inner;
        LocalAddress = local;
        RemoteAddress = remote;
        _handshake = handshake;
        _settings = settings;
        _fault = new ConnectionFault(remote);
        _cipher = new CipherStream(inner, settings.Pool);
        _tls = new SslStream(_cipher, leaveInnerStreamOpen: true, handshake.Validate);
        _input = new TlsInput(_cipher, (IPollableInput)inner, _fault, settings.Pool, DecryptAsync, Broken, OnHalfCompleted);
        _sender = new TlsOutput(_tls, _cipher, settings.Pool, Handshake, _fault, Broken);
        _output = new StagedOutput(this, settings.Pool, OnHalfCompleted);
    }

    /// <summary>The connection underneath.</summary>
    public ITransportConnection Inner { get; }

    /// <inheritdoc/>
    public RpcAddress LocalAddress { get; }

    /// <inheritdoc/>
    public RpcAddress RemoteAddress { get; }

    /// <inheritdoc/>
    public PipeReader Input => _input;

    /// <inheritdoc/>
    public PipeWriter Output => _output;

    /// <inheritdoc/>
    public SslProtocols Protocol { get; private set; }

    /// <inheritdoc/>
    public TlsCipherSuite CipherSuite { get; private set; }

    /// <inheritdoc/>
    public X509Certificate2? RemoteCertificate { get; private set; }

    /// <inheritdoc/>
    public ValueTask HandshakeAsync(CancellationToken cancellationToken = default)
    {
        Task shaken = Handshake();
        return shaken.IsCompletedSuccessfully ? default : new ValueTask(shaken.WaitAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(in ReadOnlySequence<byte> data) => _sender.SendAsync(data);

    /// <inheritdoc/>
    public bool Poll(int microseconds) => _input.Poll(microseconds);

    /// <inheritdoc/>
    public void Abort(Exception? reason = null)
    {
        if (!_fault.TrySet(reason)) return;
        Inner.Abort(reason);
        _input.Close();
    }

    /// <summary>
    /// Closes in order: what was sent arrives, the peer is told the end by TLS, and the connection underneath is closed. A handshake that
    /// is under way is given up.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closing, 1) == 0) _ = CloseAsync();
        return new ValueTask(_closed.Task);
    }

    /// <summary>The handshake, begun by whoever asks first.</summary>
    private Task Handshake()
    {
        Task shaken = _shaken.Task;
        if (!shaken.IsCompleted && Interlocked.Exchange(ref _started, 1) == 0)
        {
            // Not on the caller's thread: who accepts connections must not do each one's cryptography.
            _ = Task.Run(ShakeHandsAsync);
        }

        return shaken;
    }

    private async Task ShakeHandsAsync()
    {
        try
        {
            await _handshake.AuthenticateAsync(_tls).ConfigureAwait(false);
            Protocol = _tls.SslProtocol;
            CipherSuite = _tls.NegotiatedCipherSuite;
            RemoteCertificate = _tls.RemoteCertificate as X509Certificate2;
            _cipher.EndHandshake();
            _shaken.TrySetResult();
        }
        catch (Exception e)
        {
            await _handshake.AnswerAsync(_tls, _cipher, Inner).ConfigureAwait(false);
            _shaken.TrySetException(_fault.IsSet ? _fault.Aborted() : _handshake.Explain(e, _cipher));
            // Nobody may be waiting, and then the error was told to the peer alone.
            _ = _shaken.Task.Exception;
        }
    }

    private ValueTask<int> DecryptAsync(Memory<byte> target) =>
        Handshake().IsCompletedSuccessfully ? _tls.ReadAsync(target) : DecryptAfterHandshakeAsync(target);

    private async ValueTask<int> DecryptAfterHandshakeAsync(Memory<byte> target)
    {
        await Handshake().ConfigureAwait(false);
        return await _tls.ReadAsync(target).ConfigureAwait(false);
    }

    /// <summary>The error of a read or a write.</summary>
    private IOException Broken(Exception error)
    {
        if (_fault.IsSet) return _fault.Aborted();
        return error switch
        {
            RpcException => new IOException(error.Message, error),
            ObjectDisposedException => _fault.Closed(),
            EndOfStreamException => new IOException(_handshake.DescribeEarlyEnd(), error),
            IOException { InnerException: null or System.Net.Sockets.SocketException } broken => broken,
            _ => new IOException($"The TLS connection to {RemoteAddress} broke: {TlsErrors.Innermost(error)}", error),
        };
    }

    private async Task CloseAsync()
    {
        try
        {
            _input.Close();
            if (_started == 0 || _shaken.Task.IsCompletedSuccessfully) await FinishSendingAsync().ConfigureAwait(false);
            else if (!_shaken.Task.IsCompleted) Inner.Abort();
            await Inner.DisposeAsync().ConfigureAwait(false);
            await _sender.CloseAsync().ConfigureAwait(false);
            await _input.Released.ConfigureAwait(false);
        }
        finally
        {
            _tls.Dispose();
            _cipher.DropStaged();
            _closed.SetResult();
        }
    }

    /// <summary>Waits for what was flushed and says farewell; a peer that does not read is given up.</summary>
    private async Task FinishSendingAsync()
    {
        try
        {
            await _output.Sending.WaitAsync(_settings.LingerLimit, _settings.Time).ConfigureAwait(false);
            await _sender.CloseAsync().WaitAsync(_settings.LingerLimit, _settings.Time).ConfigureAwait(false);
            if (_fault.IsSet || !_shaken.Task.IsCompletedSuccessfully) return;
            await _tls.ShutdownAsync().WaitAsync(_settings.LingerLimit, _settings.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Abort(new TimeoutException(
                $"The connection was closed while a send was pending, and the peer did not read "
                + $"for {_settings.LingerLimit.TotalSeconds} s."));
        }
        catch (Exception e)
        {
            // Whoever sent was told, or completed the writer and left; a connection with a failed send cannot be closed in order.
            Abort(e);
        }
    }

    private void OnHalfCompleted(Exception? exception)
    {
        if (exception is not null) Abort(exception);
        else if (Interlocked.Decrement(ref _halvesOpen) == 0 && Interlocked.Exchange(ref _closing, 1) == 0) _ = CloseAsync();
    }
}
