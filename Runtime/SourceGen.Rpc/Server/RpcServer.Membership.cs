using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc;

/// <summary>Leaving the registry and coming back, while the server runs.</summary>
public sealed partial class RpcServer
{
    /// <summary>
    /// Enters a running server into its registry (<see cref="RpcServerOptions.Registration"/>) again, after <see cref="DeregisterAsync"/>,
    /// and keeps it there. Starting a server does so by itself. A server that is registered already stays as it is.
    /// </summary>
    /// <remarks>
    /// When it returns, the services that are ready are in the registry; one whose health or check does not say so comes in when it does.
    /// When it throws, none is, or what is left ends with its lease.
    /// </remarks>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">The registry did not take it.</exception>
    /// <exception cref="InvalidOperationException">The server has no registry, or does not run.</exception>
    public async Task RegisterAsync(CancellationToken cancellationToken = default)
    {
        await _lifecycle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_state != State.Started)
            {
                throw new InvalidOperationException(
                    _state == State.New
                        ? "The server is not started; starting it registers it."
                        : "The server is stopped, and is not registered any more.");
            }

            if (_registration is not null) return;
            RegistrationKeeper keeper = CreateKeeper() ?? throw new InvalidOperationException(
                "The server has no registry to be entered in; set options.Registration.Registry, or AddRpcRegistry in a host.");
            try
            {
                await keeper.StartAsync(cancellationToken, isRequired: true).ConfigureAwait(false);
            }
            catch
            {
                await keeper.StopAsync().ConfigureAwait(false); // The registry may have taken some of it.
                throw;
            }

            _registration = keeper;
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>
    /// Takes a running server out of its registry until <see cref="RegisterAsync"/>: clients that follow the registry send it no new calls,
    /// while it goes on serving those that come. Stopping a server does so by itself. A server that is not registered stays as it is.
    /// </summary>
    /// <remarks>
    /// It takes <see cref="RpcRegistrationOptions.DeregisterTimeout"/> at most. A registry that does not answer is logged, and what is left
    /// there ends with its lease (<see cref="RpcRegistrationOptions.TimeToLive"/>).
    /// </remarks>
    /// <param name="cancellationToken">Gives up the wait for the server's start or stop; deregistering itself comes to its end.</param>
    public async Task DeregisterAsync(CancellationToken cancellationToken = default)
    {
        await _lifecycle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_state != State.Started || _registration is not { } keeper) return;
            await keeper.StopAsync().ConfigureAwait(false);
            _registration = null;
        }
        finally
        {
            _lifecycle.Release();
        }
    }
}
