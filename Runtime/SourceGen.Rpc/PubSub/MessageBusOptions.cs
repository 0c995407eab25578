using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace SourceGen.Rpc.PubSub;

/// <summary>What a <see cref="MessageBus"/> is like.</summary>
public sealed class MessageBusOptions
{
    /// <summary>
    /// What events are encoded with. Those that have another codec name it in a header, and subscribers with that codec read them. Default:
    /// <see cref="MessagePackCodec"/>.
    /// </summary>
    public ICodec Codec { get; set; } = MessagePackCodec.Instance;

    /// <summary>Where it is logged what handlers threw, and which messages could not be read. Default: nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    internal MessageBusOptions Copy() => (MessageBusOptions)MemberwiseClone();
}
