using System.Diagnostics.CodeAnalysis;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace SourceGen.Rpc.Brokers.RabbitMq.Connecting;

/// <summary>
/// One connection to a server, from its making to its loss. It is never repaired: the broker makes another one, so nothing of the old one can
/// be mistaken for the new one's.
/// </summary>
internal sealed class RabbitMqLink
{
    private static readonly TimeSpan s_closeWithin = TimeSpan.FromSeconds(2);

    private readonly IConnection _connection;
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RabbitMqLink(IConnection connection)
    {
        _connection = connection;
        connection.ConnectionShutdownAsync += (_, args) => Lose(Describe(args));
    }

    /// <summary>Completes with what happened when the connection is lost, or closed.</summary>
    public Task<string> Lost => _lost.Task;

    /// <summary>Whether it is in use.</summary>
    public bool IsOpen => !_lost.Task.IsCompleted && _connection.IsOpen;

    /// <summary>What publishes on it.</summary>
    public RabbitMqPublisher Publisher { get; private set; } = null!;

    /// <summary>Makes a connection usable: with its exchange, and a channel to publish.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="address">The broker's address, for messages.</param>
    /// <param name="options">What is declared.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<RabbitMqLink> CreateAsync(
        IConnection connection, string address, RabbitMqBrokerOptions options, CancellationToken cancellationToken)
    {
        RabbitMqLink link = new(connection);
        try
        {
            IChannel channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false), cancellationToken).ConfigureAwait(false);
            await channel.ExchangeDeclareAsync(options.Exchange, ExchangeType.Topic, durable: true, cancellationToken: cancellationToken).ConfigureAwait(false);
            link.Publisher = new RabbitMqPublisher(channel, address, options);
            // The server closes it when somebody has removed the exchange. A new connection declares that again.
            channel.ChannelShutdownAsync += (_, args) => link.Lose(Describe(args));
            return link;
        }
        catch
        {
            // The client takes a connection for made before the server has agreed to the virtual host, and what fails then is anything. This is the cause.
            ShutdownEventArgs? reason = connection.CloseReason;
            await link.AbandonAsync("it was not finished").ConfigureAwait(false);
            if (reason is { Initiator: ShutdownInitiator.Peer }) throw new OperationInterruptedException(reason);
            throw;
        }
    }

    /// <summary>What a shutdown says, in words.</summary>
    /// <param name="args">The shutdown.</param>
    public static string Describe(ShutdownEventArgs args) => args.Initiator switch
    {
        ShutdownInitiator.Peer => $"the server ended it with code {args.ReplyCode}: {args.ReplyText}",
        ShutdownInitiator.Application => "it was closed",
        _ => (args.Exception?.InnerException ?? args.Exception)?.Message is { Length: > 0 } cause ? cause : args.ReplyText,
    };

    /// <summary>Opens a channel for consuming and declaring.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IChannel> OpenChannelAsync(CancellationToken cancellationToken) =>
        _connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: false, publisherConfirmationTrackingEnabled: false), cancellationToken);

    /// <summary>Closes it after an end that was wanted.</summary>
    public async Task CloseAsync()
    {
        // The connection is not told how often it closes; it closes within the time even if the server does not answer.
        await _connection.AbortAsync(s_closeWithin).ConfigureAwait(false);
        await Lose("it was closed").ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Gives it up: whoever uses it learns why, and the server, if it is there, that it is over.</summary>
    /// <param name="problem">Why.</param>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It is lost already; how it ends changes nothing.")]
    public async Task AbandonAsync(string problem)
    {
        await Lose(problem).ConfigureAwait(false);
        try
        {
            await CloseAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The socket is gone, as it should be; why was told above.
        }
    }

    private Task Lose(string problem)
    {
        // First, so that nobody who sees the loss finds publishing still open.
        if (Publisher is { } publisher) publisher.Fail(problem);
        _lost.TrySetResult(problem);
        return Task.CompletedTask;
    }
}
