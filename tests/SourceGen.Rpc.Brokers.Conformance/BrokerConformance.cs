using System.Text;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Conformance;

/// <summary>
/// What every broker must do. The numbers are those of the conformance list. A class derived from this one is an
/// <see cref="IClassFixture{TFixture}"/> of the plug-in's fixture.
/// </summary>
public abstract partial class BrokerConformance(BrokerFixture fixture)
{
    /// <summary>The fixture.</summary>
    protected BrokerFixture Fixture { get; } = fixture;

    private TimeSpan Patience => Fixture.Patience;

    /// <summary>A connected client.</summary>
    protected async Task<IBroker> ConnectAsync()
    {
        IBroker broker = Fixture.Create();
        try
        {
            await broker.ConnectAsync().AsTask().WaitAsync(Patience);
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Publishes texts, one after the other.</summary>
    protected async Task PublishAsync(IBroker broker, string topic, params IEnumerable<string> texts)
    {
        foreach (string text in texts) await broker.PublishAsync(Message(topic, text)).AsTask().WaitAsync(Patience);
    }

    /// <summary>A message that says a text.</summary>
    protected static OutgoingMessage Message(string topic, string text, ulong? key = null) => new(topic, Encoding.UTF8.GetBytes(text)) { Key = key };

    /// <summary>Whether the engine can do something.</summary>
    protected internal static bool Can(IBroker broker, BrokerCapabilities capability) => (broker.Capabilities & capability) == capability;

    /// <summary>Asserts that subscribing fails because the engine cannot do what is asked for.</summary>
    protected static async Task CannotAsync(IBroker broker, string topic, SubscriptionOptions options, string what)
    {
        NotSupportedException error = await Assert.ThrowsAsync<NotSupportedException>(
            async () => await broker.SubscribeAsync(topic, new Inbox().HandleAsync, options));
        Assert.Contains(topic, error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }
}
