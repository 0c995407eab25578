using Microsoft.Extensions.Logging;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats;

/// <summary>Creates the brokers of addresses that begin with <c>nats://</c>.</summary>
/// <param name="loggerFactory">Where they log; null for nowhere.</param>
public sealed class NatsBrokerProvider(ILoggerFactory? loggerFactory = null) : IBrokerProvider
{
    /// <inheritdoc/>
    public string Scheme => NatsBroker.Scheme;

    /// <inheritdoc/>
    public IBroker Create(RpcAddress address)
    {
        NatsBrokerOptions options = NatsBrokerOptions.Parse(address);
        try
        {
            return new NatsBroker(options, loggerFactory);
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"The {Scheme}:// address is wrong: {e.Message}", e);
        }
    }
}
