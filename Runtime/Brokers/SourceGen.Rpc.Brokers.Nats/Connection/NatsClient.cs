using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Brokers.Nats.Protocol;
using SourceGen.Rpc.PubSub;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>
/// A connection to whichever of the servers answers, made again when it is lost. What is subscribed comes back before anything is published. Thread
/// safe.
/// </summary>
internal sealed partial class NatsClient
{
    private readonly NatsBrokerOptions _options;
    private readonly NatsServers _servers;
    private readonly TlsFiles _tls;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _opening = new(1, 1);

    /// <summary>Whoever has to wait with publishing waits in line.</summary>
    private readonly SemaphoreSlim _line = new(1, 1);
    private readonly string _inboxSubject = NatsInbox.CreateSubject();

    // Guards all that follows.
    private readonly Lock _gate = new();
    private readonly Dictionary<long, NatsSubscriber> _subscribers = [];
    private readonly Dictionary<long, NatsRequest> _requests = [];

    /// <summary>Who waits for a pong, in the order of the pings; null for a ping that nobody waits for.</summary>
    private readonly Queue<TaskCompletionSource<bool>?> _pings = [];

    private NatsWriter _pending = new();
    private NatsWriter _sending = new();
    private bool _hasPrefix;

    /// <summary>Pings in <see cref="_pending"/>: should the connection be lost before they are sent, the next one gets them, and answers.</summary>
    private int _pendingPings;

    private long _nextSid;
    private long _nextRequest;
    private NatsConnection? _connection;
    private bool _isOpen;
    private int _inLine;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _hasWaiters;
    private BrokerState _state = new(BrokerStatus.Disconnected, DateTimeOffset.UtcNow);
    private CancellationTokenSource? _ending;
    private Task _supervisor = Task.CompletedTask;

    /// <summary>Creates a client that is not connected.</summary>
    /// <param name="options">Who it is and where; not changed any more.</param>
    /// <param name="address">The address for messages.</param>
    /// <param name="logger">Where it logs.</param>
    /// <exception cref="ArgumentException">A file of the options cannot be used.</exception>
    public NatsClient(NatsBrokerOptions options, string address, ILogger logger)
    {
        _options = options;
        Address = address;
        _logger = logger;
        _servers = new NatsServers(options, address, logger);
        _tls = new TlsFiles(options.CertificateAuthorityPath, options.CertificatePath, options.CertificateKeyPath, logger);
    }

    /// <summary>The address for messages.</summary>
    public string Address { get; }

    /// <summary>How it gets on.</summary>
    public BrokerState State
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    /// <summary>What the server said last of itself; null while there is no connection.</summary>
    public NatsServerInfo? Info
    {
        get
        {
            lock (_gate) return _connection?.Info;
        }
    }

    /// <summary>How many bytes wait to be sent.</summary>
    public int PendingBytes
    {
        get
        {
            lock (_gate) return _pending.Length;
        }
    }

    private void SetState(BrokerStatus status, string? problem) => _state = new BrokerState(status, DateTimeOffset.UtcNow, problem);

    private Task WaitForChange()
    {
        _hasWaiters = true;
        return _changed.Task;
    }

    private void Signal()
    {
        if (!_hasWaiters) return;
        _hasWaiters = false;
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static long Deadline(TimeSpan timeout) => Environment.TickCount64 + (long)timeout.TotalMilliseconds;

    private static async Task<bool> WaitAsync(Task task, long deadline, CancellationToken cancellationToken)
    {
        long left = deadline - Environment.TickCount64;
        if (left <= 0) return false;
        await task.WaitAsync(TimeSpan.FromMilliseconds(left), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return task.IsCompleted;
    }
}
