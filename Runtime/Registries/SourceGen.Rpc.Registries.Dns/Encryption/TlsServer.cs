using System.Net;
using System.Security.Authentication;
using SourceGen.Rpc.Registries.Dns.Resolving;
using SourceGen.Rpc.Registries.DnsMessages;

namespace SourceGen.Rpc.Registries.Dns.Encryption;

/// <summary>A server that is asked by TLS, and the one connection that is kept to it while it is used. Thread safe.</summary>
internal sealed class TlsServer(IPEndPoint address, TlsSettings tls, TimeProvider time) : IDisposable
{
    /// <summary>How often a question is asked again because a connection that was kept turned out to be closed.</summary>
    private const int MaxRepetitions = 2;

    private readonly SemaphoreSlim _opening = new(1);
    private readonly Lock _lock = new();
    private TlsConnection? _connection;
    private bool _isDisposed;

    /// <summary>Asks, by the connection that there is, or a new one.</summary>
    /// <param name="create">Creates a query.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DnsExchangeException">There is no answer.</exception>
    /// <exception cref="DnsRefusedException">The server does not accept the signature.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The server cannot be reached.</exception>
    public async ValueTask<DnsMessage> AskAsync(Func<DnsQuery> create, CancellationToken cancellationToken)
    {
        for (int repetition = 0; ; repetition++)
        {
            (TlsConnection connection, bool isNew) = await GetConnectionAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await connection.AskAsync(create, cancellationToken).ConfigureAwait(false);
            }
            catch (TlsConnectionClosedException) when (!isNew && repetition < MaxRepetitions)
            {
                // Servers close connections whenever they like, also while a question is on its way (RFC 7766, 6.2.4).
            }
            catch (TlsConnectionClosedException e)
            {
                throw new DnsExchangeException(e.Message, e);
            }
        }
    }

    /// <summary>Closes the connection; questions under way fail.</summary>
    public void Dispose()
    {
        TlsConnection? connection;
        lock (_lock)
        {
            _isDisposed = true;
            connection = _connection;
        }

        connection?.Dispose();
    }

    private async ValueTask<(TlsConnection Connection, bool IsNew)> GetConnectionAsync(CancellationToken cancellationToken)
    {
        if (TryGetConnection() is { } known) return (known, false);

        // Whoever waits here while a server hangs in its handshake waits no longer than for an answer.
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (TryGetConnection() is { } other) return (other, false);
            TlsConnection opened = await TlsConnection.OpenAsync(address, tls, time, cancellationToken).ConfigureAwait(false);
            lock (_lock)
            {
                _connection = opened;
                if (!_isDisposed) return (opened, true);
            }

            opened.Dispose();
            throw new ObjectDisposedException(nameof(DnsRegistry));
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            throw new DnsExchangeException($"the TLS handshake failed: {e.Message}", e);
        }
        finally
        {
            _opening.Release();
        }
    }

    private TlsConnection? TryGetConnection()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(DnsRegistry));
            return _connection is { IsUsable: true } ? _connection : null;
        }
    }
}
