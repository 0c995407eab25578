using Microsoft.Extensions.Logging;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.RabbitMq;

/// <summary>Creates the brokers of addresses that begin with <c>amqp://</c>.</summary>
/// <param name="loggerFactory">Where they log; null for nowhere.</param>
public sealed class RabbitMqBrokerProvider(ILoggerFactory? loggerFactory = null) : IBrokerProvider
{
    /// <inheritdoc/>
    public string Scheme => RabbitMqBroker.Scheme;

    /// <inheritdoc/>
    public IBroker Create(RpcAddress address) => Create(address, loggerFactory);

    internal static RabbitMqBroker Create(RpcAddress address, ILoggerFactory? loggerFactory)
    {
        RabbitMqBrokerOptions options = RabbitMqBrokerOptions.Parse(address);
        try
        {
            return new RabbitMqBroker(options, loggerFactory);
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"The {address.Scheme}:// address is wrong: {e.Message}", e);
        }
    }
}
