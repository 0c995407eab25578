using System.Globalization;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>
/// The consumer of a subscription: found or made, and made again when it is gone. Members of a group have one together. Not thread safe.
/// </summary>
/// <param name="api">JetStream.</param>
/// <param name="streams">Where messages are kept.</param>
/// <param name="address">The broker's address, for messages.</param>
/// <param name="pattern">What is subscribed to.</param>
/// <param name="options">How.</param>
/// <param name="logger">Where it logs.</param>
internal sealed class JetStreamConsumer(
    JetStreamApi api, JetStreamStreams streams, string address, TopicPattern pattern, SubscriptionOptions options, ILogger logger)
{
    /// <summary>How long a consumer stays that is not durable and has nobody: a restart of the server, a moment without a network.</summary>
    public static readonly TimeSpan InactiveThreshold = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan s_defaultAckWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_lookInterval = TimeSpan.FromSeconds(5);

    private DateTimeOffset? _created;
    private ulong _floor;
    private long _lookedAt;
    private DateTimeOffset? _streamCreated;
    private bool _isOtherStream;
    private int _isReconnected;

    /// <summary>The stream.</summary>
    public string Stream { get; private set; } = "";

    /// <summary>The consumer's name.</summary>
    public string Name { get; } = options.QueueGroup is { } group ? JetStreamNames.Consumer(group, pattern.Text) : JetStreamNames.Unique();

    /// <summary>After how long without an outcome a message is delivered again: what the consumer has, whoever made it.</summary>
    public TimeSpan AckWait { get; private set; } = options.AckTimeout ?? s_defaultAckWait;

    /// <summary>The last message that this subscription got; where it begins, before it got one. Counted on by who receives.</summary>
    public ulong LastSequence { get; set; }

    /// <summary>Where messages are asked for.</summary>
    public string PullSubject => $"$JS.API.CONSUMER.MSG.NEXT.{Stream}.{Name}";

    /// <summary>Finds it, or makes it.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        Stream = await streams.GetAsync(pattern.Text, cancellationToken).ConfigureAwait(false);
        await LookAtStreamAsync(cancellationToken).ConfigureAwait(false);
        if (options.QueueGroup is not null && await TryJoinAsync(cancellationToken).ConfigureAwait(false)) return;
        ConsumerConfig config = CreateConfig();
        config.DeliverPolicy = "new";
        if (options.Start.Since is { } since)
        {
            config.DeliverPolicy = "by_start_time";
            config.StartTime = since.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
        }
        else if (options.Start.IsReplay)
        {
            config.DeliverPolicy = "all";
        }

        await MakeAsync(config, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The connection was lost, perhaps with its server: one that is started again says of a consumer that it kept that it is new. Thread safe.</summary>
    public void OnLost() => Volatile.Write(ref _isReconnected, 1);

    /// <summary>
    /// Looks how far a group is, every few seconds in which this member gets messages: should its consumer be gone one day, only those can say what
    /// was settled who asked it before.
    /// </summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (options.QueueGroup is null || LastSequence <= _floor || Environment.TickCount64 - _lookedAt < s_lookInterval.TotalMilliseconds) return;
        ConsumerAnswer answer = await api.GetConsumerAsync(Stream, Name, cancellationToken).ConfigureAwait(false);
        // Another one, or none: who asks it for messages finds out, and looks at the stream as well.
        if (answer.Error is null && answer.Created == _created) LearnFloor(answer);
    }

    /// <summary>
    /// Makes it again if it is gone: for one subscription, where that was; for a group, behind what is known to be settled, since other members may have
    /// had what comes after, or it waits to come again.
    /// </summary>
    /// <param name="next">The first message that this subscription did not get, or got and did not settle.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when the stream is another one, whose messages have nothing to do with those that are here.</returns>
    public async Task<bool> ReopenAsync(ulong next, CancellationToken cancellationToken)
    {
        Stream = await streams.GetAsync(pattern.Text, cancellationToken).ConfigureAwait(false);
        if (!await LookAtStreamAsync(cancellationToken).ConfigureAwait(false))
        {
            NatsLog.StreamReplaced(logger, Stream, pattern.Text);
            (LastSequence, _floor) = (0, 0);
            // Known until it has worked, should it not work at once.
            _isOtherStream = true;
        }

        bool isSame = !_isOtherStream;
        DateTimeOffset? created = _created;
        if (await TryJoinAsync(cancellationToken).ConfigureAwait(false))
        {
            bool isReconnected = Interlocked.Exchange(ref _isReconnected, 0) == 1;
            if (isSame && !isReconnected && created is not null && created != _created) NatsLog.ConsumerReplaced(logger, Name, Stream);
            _isOtherStream = false;
            return isSame;
        }

        ConsumerConfig config = CreateConfig();
        if (options.QueueGroup is not null) next = _floor + 1;
        config.DeliverPolicy = isSame ? "by_start_sequence" : "all";
        config.StartSequence = isSame ? next : null;
        NatsLog.ConsumerGone(logger, Name, Stream, isSame ? next : 1);
        await MakeAsync(config, cancellationToken).ConfigureAwait(false);
        _isOtherStream = false;
        return isSame;
    }

    /// <summary>Removes it, if it is this subscription's alone.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (options.QueueGroup is null) await api.DeleteConsumerAsync(Stream, Name, cancellationToken).ConfigureAwait(false);
    }

    /// <returns>False when it is another one than before.</returns>
    private async Task<bool> LookAtStreamAsync(CancellationToken cancellationToken)
    {
        StreamAnswer stream = await api.GetStreamAsync(Stream, cancellationToken).ConfigureAwait(false);
        if (stream.Error is { } error) throw api.Failed($"find the stream {Stream}", error);
        // One that has less than it had was lost, with whatever its server wrote last, or made again.
        bool isSame = (_streamCreated is null || _streamCreated == stream.Created) && (stream.State?.LastSequence ?? 0) >= Math.Max(LastSequence, _floor);
        _streamCreated = stream.Created;
        return isSame;
    }

    private ConsumerConfig CreateConfig() => new()
    {
        Name = Name,
        DurableName = options.IsDurable ? Name : null,
        FilterSubject = pattern.Text,
        AckWait = JetStreamTime.ToNanoseconds(options.AckTimeout ?? s_defaultAckWait),
        InactiveThreshold = options.IsDurable ? null : JetStreamTime.ToNanoseconds(InactiveThreshold),
    };

    private async Task MakeAsync(ConsumerConfig config, CancellationToken cancellationToken)
    {
        ConsumerAnswer answer = await api.PutConsumerAsync(Stream, config, cancellationToken).ConfigureAwait(false);
        if (answer.Error is { } error)
        {
            // Another member was faster, and began elsewhere.
            if (options.QueueGroup is not null && await TryJoinAsync(cancellationToken).ConfigureAwait(false)) return;
            throw api.Failed($"create the consumer {Name} of the stream {Stream} for '{pattern}'", error);
        }

        Learn(answer);
        LastSequence = answer.Delivered?.StreamSequence ?? 0;
    }

    private async Task<bool> TryJoinAsync(CancellationToken cancellationToken)
    {
        ConsumerAnswer answer = await api.GetConsumerAsync(Stream, Name, cancellationToken).ConfigureAwait(false);
        if (answer.Error is { } error)
        {
            if (error.ErrorCode is JetStreamApi.ConsumerNotFound or JetStreamApi.StreamNotFound) return false;
            throw api.Failed($"find the consumer {Name} of the stream {Stream}", error);
        }

        if (answer.Config is not { } config) return false;
        if (config.FilterSubject != pattern.Text || config.AckPolicy != "explicit")
        {
            throw Unusable($"it has the filter '{config.FilterSubject}' and acknowledges by '{config.AckPolicy}', not '{pattern}' and 'explicit'. Take another group's name");
        }

        if (config.DeliverSubject is { } target)
        {
            throw Unusable($"it pushes its messages to '{target}', and is not asked for them. Remove it, or take another group's name");
        }

        if (options.IsDurable && config.DurableName is null)
        {
            throw Unusable($"its members so far are not durable. End them, and wait {InactiveThreshold.TotalSeconds:0} s, or take another group's name");
        }

        if (options.AckTimeout is { } ackTimeout && config.AckWait != JetStreamTime.ToNanoseconds(ackTimeout))
        {
            // Asked for by the one who came last; everything else stays.
            config.AckWait = JetStreamTime.ToNanoseconds(ackTimeout);
            config.Name = Name;
            answer = await api.PutConsumerAsync(Stream, config, cancellationToken).ConfigureAwait(false);
            if (answer.Error is { } refused) throw api.Failed($"set the {nameof(SubscriptionOptions.AckTimeout)} of the consumer {Name} of the stream {Stream}", refused);
        }

        Learn(answer);
        return true;
    }

    private void Learn(ConsumerAnswer answer)
    {
        if (answer.Config is { AckWait: > 0 } config) AckWait = TimeSpan.FromTicks(config.AckWait / 100);
        _created = answer.Created;
        LearnFloor(answer);
    }

    /// <summary>Also when it is less than before: where another one of the same name begins is what somebody wanted.</summary>
    private void LearnFloor(ConsumerAnswer answer)
    {
        _floor = answer.AckFloor?.StreamSequence ?? 0;
        _lookedAt = Environment.TickCount64;
    }

    private RpcException Unusable(string problem) => new(
        RpcStatusCode.FailedPrecondition, $"The consumer {Name} of the stream {Stream} of the broker {address} cannot be used for the subscription to '{pattern}': {problem}.")
    {
        Progress = RpcCallProgress.NotSent,
    };
}
