using SourceGen.Rpc.Brokers.Nats.Protocol;

namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>Somebody that the messages of one <c>SUB</c> go to. What is called here runs on the loop that reads for all: it neither blocks nor throws.</summary>
internal abstract class NatsSubscriber
{
    /// <summary>The number that messages come with; the client's.</summary>
    public long Sid { get; set; }

    /// <summary>What is subscribed to.</summary>
    public required string Subject { get; set; }

    /// <summary>The queue group; null for none.</summary>
    public string? Queue { get; init; }

    /// <summary>Whether it was unsubscribed, and only what is on its way still comes.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Why the server does not permit it; null when it does.</summary>
    public string? Refusal { get; set; }

    /// <summary>A message.</summary>
    public abstract void OnMessage(in NatsFrame frame);

    /// <summary>The connection was lost.</summary>
    public virtual void OnLost()
    {
    }

    /// <summary>It is about to be subscribed again; <see cref="Subject"/> may be changed. Called under the client's lock.</summary>
    public virtual void OnResubscribing()
    {
    }

    /// <summary>The connection has moved to another server, without anything being lost.</summary>
    public virtual void OnMoved()
    {
    }

    /// <summary>It is subscribed again.</summary>
    public virtual void OnRestored()
    {
    }
}
