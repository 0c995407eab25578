using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc;

/// <content>Publishing, as the client of Go Micro does it: to the broker of <see cref="RpcClientOptions.Bus"/>.</content>
public sealed partial class RpcClient
{
    private MessageBus Bus => _bus ?? throw new InvalidOperationException(
        "The client has no message bus to publish to: set RpcClientOptions.Bus, for example to new MessageBus(new MemoryBroker()).");

    /// <summary>Gets an implementation of a topic's interface whose methods publish: <see cref="MessageBus.GetPublisher"/>.</summary>
    /// <typeparam name="TTopic">A <see cref="TopicAttribute">[Topic]</see> interface.</typeparam>
    /// <exception cref="InvalidOperationException">The client has no <see cref="RpcClientOptions.Bus"/>.</exception>
    public TTopic GetPublisher<TTopic>()
        where TTopic : class, ITopicContract<TTopic> => Bus.GetPublisher<TTopic>();

    /// <summary>Makes a message for a topic that is known at run time.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="payload">What it says.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.InvalidArgument"/>: the topic is none.</exception>
    public static OutgoingMessage NewMessage(string topic, ReadOnlyMemory<byte> payload)
    {
        TopicName.Check(topic);
        return new OutgoingMessage(topic, payload);
    }

    /// <summary>Publishes a message: <see cref="IBroker.PublishAsync(in OutgoingMessage, CancellationToken)"/>.</summary>
    /// <param name="message">The message, as <see cref="NewMessage"/> makes it.</param>
    /// <param name="cancellationToken">Gives up; the message may have been published.</param>
    /// <exception cref="InvalidOperationException">The client has no <see cref="RpcClientOptions.Bus"/>.</exception>
    /// <exception cref="RpcException">It could not be published.</exception>
    public ValueTask PublishAsync(in OutgoingMessage message, CancellationToken cancellationToken = default) =>
        Bus.Broker.PublishAsync(in message, cancellationToken);
}
