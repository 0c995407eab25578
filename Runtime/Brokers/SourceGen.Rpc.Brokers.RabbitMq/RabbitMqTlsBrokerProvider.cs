using Microsoft.Extensions.Logging;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.RabbitMq;

/// <summary>Creates the brokers of addresses that begin with <c>amqps://</c>: RabbitMQ over TLS.</summary>
/// <param name="loggerFactory">Where they log; null for nowhere.</param>
public sealed class RabbitMqTlsBrokerProvider(ILoggerFactory? loggerFactory = null) : IBrokerProvider
{
    /// <inheritdoc/>
    public string Scheme => RabbitMqBroker.TlsScheme;

    /// <inheritdoc/>
    public IBroker Create(RpcAddress address) => RabbitMqBrokerProvider.Create(address, loggerFactory);
}
