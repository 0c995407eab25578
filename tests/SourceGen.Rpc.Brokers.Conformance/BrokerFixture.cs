using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Conformance;

/// <summary>
/// What a plug-in tells the suite about its broker: how clients of the engine are made, and how the engine is killed. Used as a class fixture, so
/// that the engine starts once for all tests of the class.
/// </summary>
public abstract class BrokerFixture : IAsyncLifetime
{
    private static int s_names;

    /// <summary>Whether an engine stands behind it, which <see cref="KillEngineAsync"/> kills.</summary>
    public virtual bool HasEngine => true;

    /// <summary>How long the suite waits for anything before it fails.</summary>
    public virtual TimeSpan Patience => TimeSpan.FromSeconds(30);

    /// <summary>The largest message that the engine takes; null where there is no such thing.</summary>
    public virtual int? MaxMessageBytes => null;

    /// <summary>How long a test looks for messages that must not come.</summary>
    public virtual TimeSpan Silence => TimeSpan.FromMilliseconds(250);

    /// <summary>Starts what is needed.</summary>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Stops it and removes what it left.</summary>
    public virtual Task DisposeAsync() => Task.CompletedTask;

    /// <summary>A new client of the engine, as another process would have it. It is not connected.</summary>
    public abstract IBroker Create();

    /// <summary>A client of an address where nobody listens; null where there is no such thing.</summary>
    public virtual IBroker? CreateUnreachable() => null;

    /// <summary>Kills the engine, or cuts all connections to it where it cannot be killed.</summary>
    public virtual Task KillEngineAsync() => throw new NotSupportedException();

    /// <summary>Starts it again, with what it had written, and returns when it answers.</summary>
    public virtual Task RestartEngineAsync() => throw new NotSupportedException();

    /// <summary>Waits until what was just subscribed to is known to all publishers. By default it is when subscribing has returned.</summary>
    /// <param name="publisher">Who is to know.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="subscriptions">How many subscriptions there are.</param>
    public virtual Task SettleAsync(IBroker publisher, string topic, int subscriptions) => Task.CompletedTask;

    /// <summary>A topic that no other test has.</summary>
    public string NewTopic(string what) => $"{what}.t{Environment.ProcessId}x{Interlocked.Increment(ref s_names)}";
}
