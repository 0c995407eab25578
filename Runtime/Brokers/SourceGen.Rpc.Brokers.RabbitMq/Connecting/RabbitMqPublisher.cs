using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.RabbitMq.Connecting;

/// <summary>
/// Publishes on one channel: writes one message after the other, and knows which of them the server has confirmed. Ends with its connection.
/// Thread safe.
/// </summary>
/// <remarks>
/// The client can follow confirmations as well. It is not asked to, because in 7.1 a publisher that is cancelled while it waits for its turn
/// lets another one in out of turn, and numbers are then confused.
/// </remarks>
internal sealed class RabbitMqPublisher
{
    private readonly IChannel _channel;
    private readonly string _address;
    private readonly TimeSpan _timeout;
    private readonly SemaphoreSlim _room;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, TaskCompletionSource> _outstanding = [];
    private ulong _first = 1;
    private ulong _next = 1;
    private string? _problem;
    private TaskCompletionSource? _drained;

    /// <summary>Creates it on a channel that confirms and does not follow what it confirms.</summary>
    /// <param name="channel">The channel, on which nothing was published.</param>
    /// <param name="address">The broker's address, for messages.</param>
    /// <param name="options">Limits.</param>
    public RabbitMqPublisher(IChannel channel, string address, RabbitMqBrokerOptions options)
    {
        _channel = channel;
        _address = address;
        _timeout = options.PublishTimeout;
        _room = new SemaphoreSlim(options.MaxOutstandingPublishes);
        channel.BasicAcksAsync += (_, args) => Settle(args.DeliveryTag, args.Multiple, isTaken: true);
        channel.BasicNacksAsync += (_, args) => Settle(args.DeliveryTag, args.Multiple, isTaken: false);
        channel.BasicReturnAsync += OnReturned;
    }

    /// <summary>Writes a message when it is its turn, and there is room.</summary>
    /// <param name="exchange">Where to.</param>
    /// <param name="routingKey">What it is routed by.</param>
    /// <param name="isMandatory">Whether it fails when no queue gets it.</param>
    /// <param name="properties">Its properties, which are the publisher's from now on.</param>
    /// <param name="body">Its body, which is the caller's again when the message is written.</param>
    /// <param name="deadline">How long it may wait.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What completes when the server has confirmed it; null when the connection was lost before anything was written.</returns>
    public async ValueTask<Task?> WriteAsync(
        string exchange, string routingKey, bool isMandatory, BasicProperties properties, ReadOnlyMemory<byte> body, Deadline deadline,
        CancellationToken cancellationToken)
    {
        if (!await _room.WaitAsync(deadline.Left, cancellationToken).ConfigureAwait(false))
        {
            throw BrokerErrors.Full(
                _address, $"so many wait for the server's confirmation that there was no room within {_timeout.TotalSeconds:0.###} s. Publish more slowly, "
                + $"or raise {nameof(RabbitMqBrokerOptions.MaxOutstandingPublishes)}; a server that is short of memory or disk confirms nothing, and its log says so.");
        }

        bool isWritten = false;
        try
        {
            if (!await _turn.WaitAsync(deadline.Left, cancellationToken).ConfigureAwait(false)) throw Unconfirmed(RpcCallProgress.NotSent);
            TaskCompletionSource confirmation = new(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                isWritten = _problem is null;
                if (isWritten)
                {
                    if (isMandatory) properties.CorrelationId = _next.ToString(CultureInfo.InvariantCulture);
                    _outstanding.Add(_next++, confirmation);
                }
            }

            if (!isWritten)
            {
                _turn.Release();
                return null;
            }

            // Never cancelled: half a message would end the connection. Whoever gives up leaves the turn to the write.
            Task writing = WriteInTurnAsync(exchange, routingKey, isMandatory, properties, body);
            if (!writing.IsCompleted) await WaitAsync(writing, deadline, cancellationToken).ConfigureAwait(false);
            return confirmation.Task;
        }
        finally
        {
            // Otherwise it is given back when the server has settled the message, or the connection is lost.
            if (!isWritten) _room.Release();
        }
    }

    /// <summary>Waits for a confirmation.</summary>
    /// <param name="confirmation">What <see cref="WriteAsync"/> returned.</param>
    /// <param name="deadline">How long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.Unavailable"/>: it did not come.</exception>
    public async ValueTask WaitAsync(Task confirmation, Deadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            await confirmation.WaitAsync(deadline.Left, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw Unconfirmed(RpcCallProgress.Unknown);
        }
    }

    /// <summary>The connection was lost: whatever waits for a confirmation fails.</summary>
    /// <param name="problem">What happened.</param>
    public void Fail(string problem)
    {
        TaskCompletionSource[] lost;
        lock (_gate)
        {
            _problem ??= problem;
            lost = [.. _outstanding.Values];
            _outstanding.Clear();
            _drained?.TrySetResult();
        }

        foreach (TaskCompletionSource confirmation in lost)
        {
            Complete(confirmation, BrokerErrors.Lost(_address, problem, RpcCallProgress.Unknown));
        }
    }

    /// <summary>Waits until the server has settled everything.</summary>
    /// <param name="cancellationToken">Waits no longer.</param>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        Task drained;
        lock (_gate)
        {
            if (_outstanding.Count == 0) return;
            drained = (_drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        await drained.WaitAsync(_timeout, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever it is, nobody knows any more which number is whose.")]
    private async Task WriteInTurnAsync(string exchange, string routingKey, bool isMandatory, BasicProperties properties, ReadOnlyMemory<byte> body)
    {
        try
        {
            await _channel.BasicPublishAsync(exchange, routingKey, isMandatory, properties, body, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Fail(e.Message);
        }
        finally
        {
            _turn.Release();
        }
    }

    private Task Settle(ulong tag, bool isMultiple, bool isTaken)
    {
        Exception? error = isTaken ? null : BrokerErrors.Full(_address, "the server refused it, which its queues do when they have a limit.");
        if (isMultiple)
        {
            // Confirmations of one message each may have gone before, so numbers can be missing in between.
            for (; _first <= tag; _first++) SettleOne(_first, error);
        }
        else
        {
            SettleOne(tag, error);
        }

        return Task.CompletedTask;
    }

    private void SettleOne(ulong tag, Exception? error)
    {
        TaskCompletionSource? confirmation;
        lock (_gate)
        {
            _outstanding.Remove(tag, out confirmation);
            if (_outstanding.Count == 0)
            {
                _drained?.TrySetResult();
                _drained = null;
            }
        }

        if (confirmation is not null) Complete(confirmation, error);
    }

    /// <summary>A message that must reach a queue reached none. The server says so before it confirms it.</summary>
    private Task OnReturned(object sender, BasicReturnEventArgs args)
    {
        if (ulong.TryParse(args.BasicProperties.CorrelationId, NumberStyles.None, CultureInfo.InvariantCulture, out ulong tag))
        {
            RpcException error = new(RpcStatusCode.NotFound, $"The broker {_address} has no queue {args.RoutingKey}: {args.ReplyText}.")
            {
                Progress = RpcCallProgress.Answered,
            };
            SettleOne(tag, error);
        }

        return Task.CompletedTask;
    }

    private void Complete(TaskCompletionSource confirmation, Exception? error)
    {
        _room.Release();
        if (error is null)
        {
            confirmation.TrySetResult();
            return;
        }

        confirmation.TrySetException(error);
        // Whoever gave up before does not look at it any more.
        _ = confirmation.Task.Exception;
    }

    private RpcException Unconfirmed(RpcCallProgress progress) => new(
        RpcStatusCode.Unavailable,
        $"The broker {_address} did not confirm a message within {_timeout.TotalSeconds:0.###} s ({nameof(BrokerOptions.PublishTimeout)}). A server "
        + "that is short of memory or disk takes no messages, and its log says so.")
    {
        Progress = progress,
    };
}
