using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using SourceGen.Rpc.Registries.Dns.Resolving;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Encryption;

/// <summary>
/// An encrypted connection to a server (RFC 7858). Questions do not wait for each other's answers, which may come in any order (RFC 7766,
/// 6.2.1.1 and 7). It closes when nothing was asked for a while, and is not used any more when it seems dead. Thread safe.
/// </summary>
internal sealed class TlsConnection : IDisposable
{
    /// <summary>After this time without a question it closes; servers keep it about as long (RFC 7766, 6.2.3).</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);

    /// <summary>How many questions wait for answers at most.</summary>
    private const int MaxPending = 1024;

    private readonly SslStream _stream;
    private readonly ITimer _idle;
    private readonly Lock _lock = new();
    private readonly Dictionary<ushort, TlsPending> _pending = [];
    private readonly SemaphoreSlim _writing = new(1);
    private TlsConnectionClosedException? _end;
    private bool _isRetired;
    private long _received;

    private TlsConnection(SslStream stream, TimeProvider time)
    {
        _stream = stream;
        _idle = time.CreateTimer(
            static state => ((TlsConnection)state!).CloseIfIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether questions may be asked.</summary>
    public bool IsUsable
    {
        get
        {
            lock (_lock) return _end is null && !_isRetired;
        }
    }

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">The server cannot be reached.</exception>
    /// <exception cref="IOException">It broke the handshake off.</exception>
    /// <exception cref="AuthenticationException">Its certificate is not accepted, or it failed.</exception>
    public static async ValueTask<TlsConnection> OpenAsync(
        IPEndPoint server, TlsSettings tls, TimeProvider time, CancellationToken cancellationToken)
    {
        Socket socket = new(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        SslStream? stream = null;
        try
        {
            await socket.ConnectAsync(server, cancellationToken).ConfigureAwait(false);
            stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await stream.AuthenticateAsClientAsync(tls.For(server), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            if (stream is not null) await stream.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
            throw;
        }

        TlsConnection connection = new(stream, time);
        _ = connection.ReceiveAsync();
        return connection;
    }

    /// <summary>Asks.</summary>
    /// <param name="create">Creates a query, again when its id is that of another one under way.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="TlsConnectionClosedException">It is closed, or was before the answer came.</exception>
    /// <exception cref="DnsExchangeException">What came is no answer.</exception>
    /// <exception cref="DnsRefusedException">The server does not accept the signature.</exception>
    public async ValueTask<DnsMessage> AskAsync(Func<DnsQuery> create, CancellationToken cancellationToken)
    {
        TlsPending pending = Add(create);
        try
        {
            _ = SendAsync(pending.Query);
            return await pending.Answer.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Remove(pending);
        }
    }

    /// <summary>Closes it; questions under way fail.</summary>
    public void Dispose() => Close(new TlsConnectionClosedException("the connection was closed here"));

    private TlsPending Add(Func<DnsQuery> create)
    {
        lock (_lock)
        {
            if (_end is not null) throw new TlsConnectionClosedException(_end.Message, _end.InnerException);
            if (_pending.Count >= MaxPending) throw new DnsExchangeException($"{MaxPending} questions wait for its answers already");
            TlsPending pending;
            do
            {
                pending = new TlsPending(create(), _received);
            }
            while (!_pending.TryAdd(pending.Query.Id, pending));

            _idle.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return pending;
        }
    }

    private void Remove(TlsPending pending)
    {
        lock (_lock)
        {
            _pending.Remove(pending.Query.Id);

            // Given up, and nothing at all came meanwhile: the other end may be gone without a word. Others still wait for their answers,
            // but the next question is asked by another connection.
            if (!pending.Answer.IsCompleted && pending.ReceivedBefore == _received) _isRetired = true;
            if (_pending.Count > 0 || _end is not null) return;
            if (!_isRetired)
            {
                _idle.Change(IdleTime, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        CloseIfIdle();
    }

    private void CloseIfIdle()
    {
        lock (_lock)
        {
            if (_pending.Count > 0 || _end is not null) return;
            _end = new TlsConnectionClosedException("the connection was idle");
        }

        Release();
    }

    private void Close(TlsConnectionClosedException reason)
    {
        TlsPending[] unanswered;
        lock (_lock)
        {
            if (_end is not null) return;
            _end = reason;
            unanswered = [.. _pending.Values];
        }

        Release();
        foreach (TlsPending pending in unanswered) pending.Fail(new TlsConnectionClosedException(reason.Message, reason.InnerException));
    }

    private void Release()
    {
        _idle.Dispose();
        _stream.Dispose();
    }

    /// <summary>
    /// Never cancelled, because half a message would make what follows unreadable. One that does not get on ends with the connection, which
    /// nobody uses any more when questions are not answered in time.
    /// </summary>
    private async Task SendAsync(DnsQuery query)
    {
        byte[] framed = new byte[2 + query.Bytes.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Bytes.Length);
        query.Bytes.CopyTo(framed.AsMemory(2));
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            await _stream.WriteAsync(framed).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or AuthenticationException)
        {
            Close(new TlsConnectionClosedException($"the TLS connection broke: {e.Message}", e));
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        byte[] length = new byte[2];
        try
        {
            while (true)
            {
                await _stream.ReadExactlyAsync(length).ConfigureAwait(false);
                byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await _stream.ReadExactlyAsync(message).ConfigureAwait(false);
                Accept(message);
            }
        }
        catch (EndOfStreamException e)
        {
            Close(new TlsConnectionClosedException("it closed the TLS connection before its answer was complete", e));
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or AuthenticationException)
        {
            Close(new TlsConnectionClosedException($"the TLS connection broke: {e.Message}", e));
        }
    }

    private void Accept(ReadOnlySpan<byte> message)
    {
        TlsPending? pending = null;
        lock (_lock)
        {
            _received++;
            if (message.Length >= 2) _pending.TryGetValue(BinaryPrimitives.ReadUInt16BigEndian(message), out pending);
        }

        // None for an answer that came too late.
        pending?.Complete(message);
    }
}
