using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Hosting.Configuration;
using SourceGen.Rpc.Hosting.PubSub;

namespace SourceGen.Rpc.Hosting;

/// <summary>
/// Warns at start of configuration that nobody reads because a name is misspelt. It is no error: processes may share one configuration
/// of which each uses a part.
/// </summary>
internal sealed class UnusedSections(RpcRegistrations registrations, IServiceProvider services, ILoggerFactory loggers) : IHostedService
{
    private static readonly string[] s_sections = ["Server", "Servers", "Client", "Clients", "Registry", "Directory", "Broker", "Subscribers"];

    private readonly ILogger _logger = loggers.CreateLogger(HostingLog.Category);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<IConfiguration>()?.GetSection("Rpc") is not { } root) return Task.CompletedTask;
        foreach (IConfigurationSection section in root.GetChildren())
        {
            // Other parts have sections of their own under Rpc: only what is nearly one of ours is a mistake.
            bool known = s_sections.Contains(section.Key, StringComparer.OrdinalIgnoreCase);
            if (!known && Spelling.FindNearest(section.Key, s_sections) is { } meant)
            {
                HostingLog.SectionUnused(_logger, section.Path, $"did you mean Rpc:{meant}?");
            }
        }

        string[] servers = [.. registrations.Servers.Where(server => server.Name.Length > 0).Select(server => server.Name)];
        string[] clients = [.. registrations.Clients.Where(client => client.IsNamed).Select(client => client.Name)];
        string[] subscribers = [.. services.GetServices<SubscriberEntry>().Select(static subscriber => subscriber.Name)];
        Check(root.GetSection("Servers"), "RPC server", "has a name", servers);
        Check(root.GetSection("Clients"), "RPC client", "has a name", clients);
        Check(root.GetSection("Subscribers"), "subscriber", "was added", subscribers);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Check(IConfigurationSection sections, string kind, string isThere, string[] names)
    {
        foreach (IConfigurationSection section in sections.GetChildren())
        {
            if (names.Contains(section.Key, StringComparer.OrdinalIgnoreCase)) continue;
            string others = names.Length == 0
                ? $"none of the {kind}s here {isThere}"
                : $"the names here are {string.Join(", ", names)}";
            HostingLog.SectionUnused(_logger, section.Path, $"no {kind} has this name; {others}");
        }
    }
}
