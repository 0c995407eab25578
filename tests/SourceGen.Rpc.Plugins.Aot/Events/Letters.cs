using System.Text;
using SourceGen.Rpc.PubSub;
using SourceGen.Rpc.Selection;

namespace SourceGen.Rpc.Plugins.Aot.Events;

/// <summary>
/// Messages without an interface. Of all processes, one reads each letter; what it says decides what becomes of it. All see dead ones.
/// </summary>
internal sealed class Letters(IBroker broker)
{
    private const string DeadTopic = "dead.letters";
    private static readonly TimeSpan s_delay = TimeSpan.FromMilliseconds(10);

    /// <summary>Sends a letter.</summary>
    public ValueTask SendAsync(string text) => broker.PublishAsync(new OutgoingMessage("letters.native", Encoding.UTF8.GetBytes(text))
    {
        Key = KeyHash.Of(text),
        Headers = new KeyValuePair<string, string>[] { new(Participant.ClerkHeader, "ann") },
    });

    /// <summary>Reads letters from now on.</summary>
    public async Task SubscribeAsync()
    {
        bool hasDeadLetters = (broker.Capabilities & BrokerCapabilities.DeadLetters) != 0;
        await broker.SubscribeAsync(DeadTopic, ReadDead);
        await broker.SubscribeAsync(
            "letters.*", Read, new SubscriptionOptions { QueueGroup = "clerks", DeadLetterTopic = hasDeadLetters ? DeadTopic : null });
    }

    private static ValueTask<MessageOutcome> Read(IncomingMessage message, CancellationToken cancellationToken)
    {
        string text = Encoding.UTF8.GetString(message.Payload.Span);
        if (text == "unwanted") return new(MessageOutcome.DeadLetter("nobody wants it"));
        if (text == "later" && message.Deliveries == 1) return new(MessageOutcome.Redeliver("not now", s_delay));
        string key = message.Key == KeyHash.Of(text) ? "its key" : "another key";
        Console.WriteLine($"letter: {text}, by {message.FindHeader(Participant.ClerkHeader)}, with {key}, delivery {message.Deliveries}");
        return new(MessageOutcome.Acknowledge);
    }

    private static ValueTask<MessageOutcome> ReadDead(IncomingMessage message, CancellationToken cancellationToken)
    {
        string text = Encoding.UTF8.GetString(message.Payload.Span);
        Console.WriteLine($"dead letter: {text}, since {message.FindHeader(MessageHeaderNames.DeadLetterReason)}");
        return new(MessageOutcome.Acknowledge);
    }
}
