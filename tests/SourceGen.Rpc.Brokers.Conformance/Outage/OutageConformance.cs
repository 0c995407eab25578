using System.Diagnostics;
using System.Globalization;
using SourceGen.Rpc.PubSub;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Brokers.Conformance;

/// <summary>
/// Five thousand messages a second to a group of two, while the engine is killed as by kill -9 and started again, several times. For brokers that are
/// <see cref="BrokerCapabilities.Persistent"/>. A class derived from this one has the plug-in's fixture.
/// </summary>
public abstract class OutageConformance(BrokerFixture fixture, ITestOutputHelper output)
{
    /// <summary>The variable that says for how many seconds there is load. The default keeps the suite short.</summary>
    private const string LengthVariable = "SOURCEGEN_RPC_BROKER_LOAD_SECONDS";

    private const string ShortLength = "6";
    private const int Rate = 5_000;
    private const int SecondsPerKill = 11;

    /// <summary>How long the engine is away, beside the time that it needs to end and to start.</summary>
    private static readonly TimeSpan s_away = TimeSpan.FromMilliseconds(750);

    /// <summary>After this time without a message, beside the one after which the engine gives up a subscriber, none comes any more.</summary>
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether the engine drops a message with the id of an earlier one, so that nothing is there twice because it was published again.</summary>
    protected virtual bool DropsRepeatedIds => false;

    /// <summary>How the two subscribe.</summary>
    protected virtual SubscriptionOptions CreateOptions() => new()
    {
        QueueGroup = "keepers",
        IsDurable = true,
        MaxDeliveries = 100,
        RedeliveryDelay = TimeSpan.FromMilliseconds(50),
    };

    [Fact]
    public async Task TheEngineIsKilledUnderLoad_AndNothingThatItAcknowledgedIsLost()
    {
        double seconds = double.Parse(Environment.GetEnvironmentVariable(LengthVariable) ?? ShortLength, CultureInfo.InvariantCulture);
        int total = (int)(seconds * Rate);
        int kills = Math.Max(2, (int)(seconds / SecondsPerKill));
        string topic = fixture.NewTopic("outage");
        await using IBroker publisher = await ConnectAsync();
        await using IBroker one = await ConnectAsync();
        await using IBroker other = await ConnectAsync();
        MessageLedger ledger = new(total, canBeThereTwice: !DropsRepeatedIds);
        await using ISubscription first = await one.SubscribeAsync(topic, (message, _) => new(ledger.Handle(message, asksForMore: true)), CreateOptions());
        await using ISubscription second = await other.SubscribeAsync(topic, (message, _) => new(ledger.Handle(message, asksForMore: false)), CreateOptions());
        await fixture.SettleAsync(publisher, topic, 2);
        long memory = GC.GetTotalMemory(forceFullCollection: true);

        await using PacedPublisher load = new(publisher, topic, ledger, Rate);
        List<TimeSpan> outages = [];
        List<TimeSpan> returns = [];
        double rate = 0;
        for (int kill = 1; kill <= kills; kill++)
        {
            // By what was acknowledged and not by the clock, so that each hits the load, however long the one before took.
            await AcknowledgedAsync(load, total / (kills + 1) * kill);
            if (kill == 1) rate = load.Acknowledged / load.Elapsed.TotalSeconds;
            await fixture.KillEngineAsync();
            TimeSpan killed = ledger.NoteKill();
            await Task.Delay(s_away);
            int before = load.Acknowledged;
            await fixture.RestartEngineAsync();
            TimeSpan back = ledger.Elapsed;
            await AcknowledgedAsync(load, before + 1);
            outages.Add(ledger.Elapsed - killed);
            returns.Add(ledger.Elapsed - back);
        }

        await AcknowledgedAsync(load, total);
        TimeSpan lasted = load.Elapsed;
        await load.Finished.WaitAsync(fixture.Patience);
        await HandledAsync(ledger, total);
        await QuietAsync(ledger, s_quiet + first.Options.AckTimeout.GetValueOrDefault());

        DuplicateCounts duplicates = ledger.Duplicates;
        TimeSpan away = outages.Aggregate(static (sum, outage) => sum + outage);
        Figure($"{total:N0} acknowledged in {lasted.TotalSeconds:0.0} s, {load.Failures} publishes failed and were repeated ({load.FailuresText}); "
            + $"{rate:N0} a second until the first kill, {total / (lasted - away).TotalSeconds:N0} a second without the outages; at most {load.MostInFlight:N0} in flight");
        Figure($"{kills} kills, for {outages.Min().TotalSeconds:0.0} to {outages.Max().TotalSeconds:0.0} s until the next was acknowledged, of which "
            + $"{returns.Min().TotalSeconds:0.0} to {returns.Max().TotalSeconds:0.0} s since the engine answered; the backlog after them at most "
            + $"{load.LongestBacklog:N0}; memory {memory >> 20} MiB before, {GC.GetTotalMemory(forceFullCollection: true) >> 20} MiB after");
        Figure($"{ledger.Handled:N0} handled, by the first and the second {first.Counts.Delivered:N0} and {second.Counts.Delivered:N0}, "
            + $"{ledger.AskedFor} came again as asked for; duplicates: {duplicates}"
            + (duplicates.Forgotten > 0 ? $", handled up to {ledger.LongestForgotten.TotalMilliseconds:N0} ms before the kill" : ""));
        Assert.True(ledger.Problems.Count == 0, string.Join(Environment.NewLine, ledger.Problems));
        Assert.Empty(load.Problems);
        Assert.Equal(0, duplicates.Unexplained);
        // A subscriber may be the last to come back, after the other one has handled all.
        foreach (IBroker broker in (IBroker[])[publisher, one, other])
            await ProgressAsync(() => broker.State.Status == BrokerStatus.Connected ? 1 : 0, 1, "connected again", broker.State);
        if (DropsRepeatedIds && BrokerConformance.Can(publisher, BrokerCapabilities.Replay)) await EachIsKeptOnceAsync(topic, total);
    }

    /// <summary>Reads all that the engine has kept from the beginning.</summary>
    private async Task EachIsKeptOnceAsync(string topic, int total)
    {
        await using IBroker broker = await ConnectAsync();
        MessageLedger kept = new(total, canBeThereTwice: false);
        await using ISubscription subscription = await broker.SubscribeAsync(
            topic, (message, _) => new(kept.Handle(message, asksForMore: false)), new SubscriptionOptions { Start = SubscriptionStart.All });
        await HandledAsync(kept, total);
        await Task.Delay(fixture.Silence);
        Assert.Equal(total, kept.Handled);
    }

    private async Task<IBroker> ConnectAsync()
    {
        IBroker broker = fixture.Create();
        await broker.ConnectAsync().AsTask().WaitAsync(fixture.Patience);
        return broker;
    }

    private Task AcknowledgedAsync(PacedPublisher load, int count) =>
        ProgressAsync(() => load.Acknowledged, count, "messages are acknowledged", load);

    private Task HandledAsync(MessageLedger ledger, int total) =>
        ProgressAsync(() => ledger.Done, total, "messages are handled", ledger);

    /// <summary>Waits for as long as there is progress.</summary>
    private async Task ProgressAsync(Func<int> progress, int wanted, string what, object state)
    {
        int last = progress();
        long since = Stopwatch.GetTimestamp();
        while (last < wanted)
        {
            await Task.Delay(10);
            int now = progress();
            if (now != last) since = Stopwatch.GetTimestamp();
            last = now;
            Assert.True(Stopwatch.GetElapsedTime(since) < fixture.Patience, $"{last:N0} of {wanted:N0} {what}, and no more for {fixture.Patience}. {state}");
        }
    }

    private static async Task QuietAsync(MessageLedger ledger, TimeSpan silence)
    {
        long last = -1;
        while (ledger.Handled != last)
        {
            last = ledger.Handled;
            await Task.Delay(silence);
        }
    }

    private void Figure(string text) => output.WriteLine($"figure: {GetType().Name}: {text}");
}
