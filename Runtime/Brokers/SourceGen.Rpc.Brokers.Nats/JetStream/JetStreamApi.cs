using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SourceGen.Rpc.Brokers.Nats.Connection;
using SourceGen.Rpc.Brokers.Nats.Protocol;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.JetStream;

/// <summary>Asks JetStream to do things (https://docs.nats.io/reference/reference-protocols/nats_api_reference).</summary>
/// <param name="client">By which connection.</param>
/// <param name="timeout">How long an answer is waited for.</param>
internal sealed class JetStreamApi(NatsClient client, TimeSpan timeout)
{
    /// <summary>No such consumer.</summary>
    public const int ConsumerNotFound = 10014;

    /// <summary>No such stream.</summary>
    public const int StreamNotFound = 10059;

    /// <summary>A stream of the name is there, and is another one.</summary>
    public const int StreamNameInUse = 10058;

    /// <summary>What subjects, and which consumers, are asked for is not there.</summary>
    private const int NotEnabled = 10076;
    private const int NotEnabledForAccount = 10039;

    private static readonly Version s_oldest = new(2, 9);

    /// <summary>Checks that the server has it.</summary>
    /// <exception cref="RpcException">It has not, or one that is too old.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        string version = client.Info?.Version ?? "";
        if (Version.TryParse(version.Split('-')[0], out Version? parsed) && parsed < s_oldest)
        {
            throw BrokerErrors.Unreachable(client.Address, $"jetstream=true needs NATS 2.9 or later, and the server is {version}.");
        }

        try
        {
            ApiAnswer answer = await CallAsync("$JS.API.INFO", default, NatsJson.Default.ApiAnswer, cancellationToken).ConfigureAwait(false);
            if (answer.Error is { } error) throw Failed("use JetStream", error);
        }
        catch (JetStreamAbsentException e)
        {
            throw new RpcException(e.Code, e.Detail, e) { Progress = e.Progress };
        }
    }

    /// <summary>The streams that have a subject.</summary>
    public async Task<string[]> FindStreamsAsync(string subject, CancellationToken cancellationToken)
    {
        byte[] request = JsonSerializer.SerializeToUtf8Bytes(new StreamNamesRequest { Subject = subject }, NatsJson.Default.StreamNamesRequest);
        StreamNamesAnswer answer = await CallAsync("$JS.API.STREAM.NAMES", request, NatsJson.Default.StreamNamesAnswer, cancellationToken).ConfigureAwait(false);
        return answer.Error is { } error ? throw Failed($"look for the stream of '{subject}'", error) : answer.Streams ?? [];
    }

    /// <summary>A stream; its error says when there is none.</summary>
    public Task<StreamAnswer> GetStreamAsync(string name, CancellationToken cancellationToken) =>
        CallAsync($"$JS.API.STREAM.INFO.{name}", default, NatsJson.Default.StreamAnswer, cancellationToken);

    /// <summary>Creates a stream; its error says why not.</summary>
    public Task<StreamAnswer> CreateStreamAsync(StreamConfig config, CancellationToken cancellationToken) => CallAsync(
        $"$JS.API.STREAM.CREATE.{config.Name}", JsonSerializer.SerializeToUtf8Bytes(config, NatsJson.Default.StreamConfig),
        NatsJson.Default.StreamAnswer, cancellationToken);

    /// <summary>A consumer; its error says when there is none.</summary>
    public Task<ConsumerAnswer> GetConsumerAsync(string stream, string name, CancellationToken cancellationToken) =>
        CallAsync($"$JS.API.CONSUMER.INFO.{stream}.{name}", default, NatsJson.Default.ConsumerAnswer, cancellationToken);

    /// <summary>Makes a consumer, or changes the one of the name; its error says why not.</summary>
    public Task<ConsumerAnswer> PutConsumerAsync(string stream, ConsumerConfig config, CancellationToken cancellationToken) => CallAsync(
        $"$JS.API.CONSUMER.CREATE.{stream}.{config.Name}.{config.FilterSubject}",
        JsonSerializer.SerializeToUtf8Bytes(new ConsumerRequest { StreamName = stream, Config = config }, NatsJson.Default.ConsumerRequest),
        NatsJson.Default.ConsumerAnswer, cancellationToken);

    /// <summary>Removes a consumer, if it is there.</summary>
    public Task<ApiAnswer> DeleteConsumerAsync(string stream, string name, CancellationToken cancellationToken) =>
        CallAsync($"$JS.API.CONSUMER.DELETE.{stream}.{name}", default, NatsJson.Default.ApiAnswer, cancellationToken);

    /// <summary>That something was not done.</summary>
    /// <param name="what">What.</param>
    /// <param name="error">Why.</param>
    public RpcException Failed(string what, ApiError error) => new(
        error.Code switch
        {
            404 => RpcStatusCode.NotFound,
            503 or 500 => RpcStatusCode.Unavailable,
            _ => RpcStatusCode.FailedPrecondition,
        },
        $"The broker {client.Address} could not {what}: JetStream says '{error.Description}' (error {error.ErrorCode}).")
    {
        Progress = RpcCallProgress.Refused,
    };

    private async Task<T> CallAsync<T>(string subject, ReadOnlyMemory<byte> request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : ApiAnswer
    {
        NatsReply reply = await client.RequestAsync(subject, request, timeout, cancellationToken).ConfigureAwait(false);
        if (reply.Status == NatsReply.NoResponders) throw Absent("nobody answers for JetStream");
        T answer = Read(reply.Payload, type, subject);
        return answer.Error?.ErrorCode is NotEnabled or NotEnabledForAccount ? throw Absent($"it says '{answer.Error.Description}'") : answer;
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="RpcException">It is none.</exception>
    public T Read<T>(byte[] json, JsonTypeInfo<T> type, string subject)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new RpcException(RpcStatusCode.Internal, $"The broker {client.Address} answered to {subject} with what JetStream does not: {e.Message}", e)
            {
                Progress = RpcCallProgress.Unknown,
            };
        }
    }

    private JetStreamAbsentException Absent(string problem) =>
        new($"The broker {client.Address} has no JetStream, which jetstream=true asks for: {problem}. Start it as nats-server -js, or leave jetstream=true out.")
        {
            Progress = RpcCallProgress.NotSent,
        };
}
