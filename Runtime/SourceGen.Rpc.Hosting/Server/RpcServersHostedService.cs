using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace SourceGen.Rpc.Hosting.Server;

/// <summary>Starts the host's servers in the order they were added, all or none, and stops them together.</summary>
internal sealed class RpcServersHostedService(RpcRegistrations registrations, IServiceProvider services, ILoggerFactory loggers)
    : IHostedService
{
    private readonly ILogger _logger = loggers.CreateLogger(HostingLog.Category);
    private readonly List<RpcServer> _started = [];

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Every implementation exists before the first server listens.
        foreach (ServerRegistration registration in registrations.Servers)
        {
            foreach (ServiceEntry entry in registration.Services) entry.Prepare(services);
        }

        foreach (ServerRegistration registration in registrations.Servers)
        {
            try
            {
                RpcServer server = registration.GetServer(services);
                await server.StartAsync(cancellationToken).ConfigureAwait(false);
                _started.Add(server);
                LogOffers(registration);
            }
            catch (Exception e)
            {
                if (_started.Count > 0) HostingLog.StartUndone(_logger, registration.Title, _started.Count);
                // Nobody was promised anything yet: no call is waited for.
                await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
                _started.Clear();
                if (e is not FormatException) throw;
                throw new OptionsValidationException(
                    registration.Name,
                    typeof(RpcServerOptions),
                    [registration.Describe($"An entry of {nameof(RpcServerOptions.Addresses)} is wrong: {e.Message}")]);
            }
        }
    }

    /// <summary>Stops every server in order; see <see cref="RpcServer.StopAsync"/>.</summary>
    /// <param name="cancellationToken">Ends the waiting for calls in flight; the host cancels it after its ShutdownTimeout.</param>
    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_started.Select(server => server.StopAsync(cancellationToken)));

    private void LogOffers(ServerRegistration registration)
    {
        if (!_logger.IsEnabled(LogLevel.Information)) return;
        HostingLog.Offers(_logger, registration.Title, string.Join(", ", registration.Services.Select(entry => entry.Contract.Name)));
    }
}
