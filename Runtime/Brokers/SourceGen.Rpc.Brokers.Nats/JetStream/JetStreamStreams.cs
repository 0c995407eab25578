using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>Finds the stream that keeps a topic, and creates it when there is none. Thread safe.</summary>
/// <param name="api">JetStream.</param>
/// <param name="options">Which streams.</param>
/// <param name="logger">Where it logs.</param>
internal sealed class JetStreamStreams(JetStreamApi api, NatsBrokerOptions options, ILogger logger)
{
    private static readonly TimeSpan s_duplicateWindow = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, StreamGate> _gates = new(StringComparer.Ordinal);

    /// <summary>What publishing to a topic goes through: it knows whether the stream was seen. Costs a look-up.</summary>
    /// <param name="topic">The topic.</param>
    public StreamGate GetGate(string topic)
    {
        ReadOnlySpan<char> token = options.StreamName is null ? FirstToken(topic) : default;
        return _gates.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(token, out StreamGate? gate)
            ? gate
            : _gates.GetOrAdd(token.ToString(), static _ => new StreamGate());
    }

    /// <summary>The stream of a topic or a pattern; it is created when there is none.</summary>
    /// <param name="subject">The topic or the pattern.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">There are several, or it cannot be created.</exception>
    /// <exception cref="NotSupportedException">The pattern may be of any stream.</exception>
    public async Task<string> GetAsync(string subject, CancellationToken cancellationToken)
    {
        if (options.StreamName is { } fixedName) return await GetFixedAsync(fixedName, cancellationToken).ConfigureAwait(false);
        string token = FirstToken(subject).ToString();
        if (token is "*" or ">")
        {
            throw new NotSupportedException(
                $"The subscription to '{subject}' begins with a wildcard, and nats:// with jetstream=true keeps one stream for each first token of a topic. "
                + "Name the first token, or have all topics in one stream: stream=NAME.");
        }

        // Asked each time: somebody may have made one for some of the topics.
        string[] found = await api.FindStreamsAsync(subject, cancellationToken).ConfigureAwait(false);
        if (found.Length == 1) return found[0];
        if (found.Length > 1)
        {
            throw new RpcException(
                RpcStatusCode.FailedPrecondition,
                $"'{subject}' is in the streams {string.Join(", ", found)}, and a subscription has one. Subscribe to less, or choose one by stream=NAME.")
            {
                Progress = RpcCallProgress.NotSent,
            };
        }

        return await CreateAsync(JetStreamNames.Stream(token), [token, token + ".>"], cancellationToken).ConfigureAwait(false);
    }

    private static ReadOnlySpan<char> FirstToken(string topic)
    {
        int dot = topic.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? topic : topic.AsSpan(0, dot);
    }

    private async Task<string> GetFixedAsync(string name, CancellationToken cancellationToken)
    {
        StreamAnswer answer = await api.GetStreamAsync(name, cancellationToken).ConfigureAwait(false);
        if (answer.Error is not { } error) return name;
        if (error.ErrorCode != JetStreamApi.StreamNotFound) throw api.Failed($"find the stream {name}", error);
        if (options.StreamSubjects.Count > 0) return await CreateAsync(name, [.. options.StreamSubjects], cancellationToken).ConfigureAwait(false);
        throw new RpcException(
            RpcStatusCode.FailedPrecondition,
            $"There is no stream {name}, which stream={name} names. Create it, or say by subjects= what it is to be created with, such as subjects=orders.>.")
        {
            Progress = RpcCallProgress.NotSent,
        };
    }

    private async Task<string> CreateAsync(string name, string[] subjects, CancellationToken cancellationToken)
    {
        StreamConfig config = new()
        {
            Name = name,
            Subjects = subjects,
            MaxAge = JetStreamTime.ToNanoseconds(options.StreamMaxAge),
            MaxBytes = options.StreamMaxBytes,
            DuplicateWindow = JetStreamTime.ToNanoseconds(options.StreamMaxAge < s_duplicateWindow ? options.StreamMaxAge : s_duplicateWindow),
        };
        StreamAnswer answer = await api.CreateStreamAsync(config, cancellationToken).ConfigureAwait(false);
        // Another program was faster, and wants other limits.
        if (answer.Error is { ErrorCode: JetStreamApi.StreamNameInUse }) return name;
        if (answer.Error is { } error) throw api.Failed($"create the stream {name} for {string.Join(", ", subjects)}", error);
        NatsLog.StreamCreated(logger, name, string.Join(", ", subjects));
        return name;
    }
}
