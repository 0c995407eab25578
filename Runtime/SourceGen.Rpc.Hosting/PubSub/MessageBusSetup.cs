using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Hosting.PubSub;

/// <summary>Fills the options of the host's message bus from the container.</summary>
internal sealed class MessageBusSetup(IServiceProvider services) : IConfigureOptions<MessageBusOptions>
{
    /// <summary>Creates the bus; the container calls it once.</summary>
    public static MessageBus Create(IServiceProvider services) =>
        new(services.GetRequiredService<IBroker>(), services.GetRequiredService<IOptions<MessageBusOptions>>().Value);

    /// <inheritdoc/>
    public void Configure(MessageBusOptions options)
    {
        if (services.GetService<ILoggerFactory>() is { } loggers) options.LoggerFactory = loggers;
    }
}
