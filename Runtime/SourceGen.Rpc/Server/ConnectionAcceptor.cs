using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Server;

/// <summary>Accepts the connections of one listener and opens each on its own: a slow or foreign peer holds up nobody.</summary>
internal sealed class ConnectionAcceptor(
    ITransportListener listener, ServerProtocol protocol, ConnectionAdmission admission, Action<RpcConnection> serve, ILogger logger)
    : IAsyncDisposable
{
    private const int RetryMs = 100;

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<ITransportConnection, Task> _opening = new();
    private Task _accepting = Task.CompletedTask;

    /// <summary>Where it listens.</summary>
    public RpcAddress Address => listener.LocalAddress;

    /// <summary>Begins to accept.</summary>
    public void Start() => _accepting = Task.Run(AcceptAsync);

    /// <summary>Ends accepting. Connections that are open go on; those that were being opened are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await listener.DisposeAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_opening.Values).ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                ITransportConnection? transport = await listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
                if (transport is null) return;
                TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _opening[transport] = opened.Task;
                _ = OpenAsync(transport, admission.Enter(transport.RemoteAddress), opened);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Out of file descriptors, most likely: others may close theirs.
                ServerLog.AcceptFailed(logger, Address, RetryMs, e);
                await Task.Delay(RetryMs, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task OpenAsync(ITransportConnection transport, ConnectionTicket ticket, TaskCompletionSource opened)
    {
        try
        {
            RpcConnection? connection = await protocol.OpenAsync(transport, ticket, _stopping.Token).ConfigureAwait(false);
            ticket.EndHandshake();
            if (connection is not null)
            {
                _ = connection.Closed.ContinueWith(
                    static (_, ticket) => ((ConnectionTicket)ticket!).Dispose(), ticket, TaskScheduler.Default);
                serve(connection);
                return;
            }

            await CloseAsync(transport).ConfigureAwait(false);
            ticket.Dispose();
        }
        catch (OperationCanceledException)
        {
            await CloseAsync(transport).ConfigureAwait(false);
            ticket.Dispose();
        }
        catch (Exception e)
        {
            ServerLog.Refused(logger, transport.RemoteAddress, e.Message);
            await CloseAsync(transport).ConfigureAwait(false);
            ticket.Dispose();
        }
        finally
        {
            ticket.EndHandshake();
            _opening.TryRemove(transport, out Task? _);
            opened.SetResult();
        }
    }

    private async Task CloseAsync(ITransportConnection transport)
    {
        try
        {
            await transport.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            ConnectionLog.DisposalFailed(logger, transport.RemoteAddress, e);
        }
    }
}
