using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.PubSub.Direct;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.PubSub;

/// <summary>
/// A broker without an engine: processes that subscribe are in the registry, and those that publish bring them messages themselves. Go Micro's
/// HTTP broker, with groups that lose nothing as long as the publisher lives.
/// </summary>
/// <remarks>
/// Publishing completes when the message is in the publisher's buffers for all that subscribe; the publisher's process answers for it until it is
/// handled. What was not handled when that process dies is gone. docs/brokers/direct.md has the rest.
/// </remarks>
public sealed class DirectBroker : IBroker
{
    /// <summary>What it can do.</summary>
    internal const BrokerCapabilities Abilities = BrokerCapabilities.QueueGroups | BrokerCapabilities.Patterns | BrokerCapabilities.Redelivery
        | BrokerCapabilities.DeadLetters | BrokerCapabilities.SurvivesSubscriber;

    /// <summary>The largest message of a connection: a batch of one message, and what stands before it.</summary>
    internal const int MaxMessageSize = 16 * 1024 * 1024;

    private static readonly TimeSpan s_ackTimeout = TimeSpan.FromSeconds(30);

    private readonly DirectBrokerOptions _options;
    private readonly string _service;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _lifecycle = new(1, 1);
    private readonly SemaphoreSlim _announcing = new(1, 1);
    private readonly List<DirectSubscription> _subscriptions = [];
    private readonly Lock _gate = new();
    private volatile DirectHub? _hub;
    private DirectAnnouncement? _announcement;
    private DeliveryService? _delivery;
    private RpcServer? _server;
    private RpcServerOptions? _serverOptions;
    private string _node = "";
    private DateTimeOffset _since = DateTimeOffset.UtcNow;
    private uint _lastId;

    /// <summary>Creates a broker.</summary>
    /// <param name="options">What it is to be like. They are copied.</param>
    /// <exception cref="ArgumentException">The registry is missing, or the name or the address to listen at is none.</exception>
    public DirectBroker(DirectBrokerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Copy();
        if (_options.Registry is null)
        {
            throw new ArgumentException(
                $"{nameof(DirectBrokerOptions.Registry)} is null: the broker's processes find each other there.", nameof(options));
        }

        if (FindProblem(_options.Name) is { } problem)
            throw new ArgumentException($"{nameof(DirectBrokerOptions.Name)} is '{_options.Name}', which is none: {problem}.", nameof(options));
        if (!RpcAddress.TryParse(_options.ListenAddress, out _))
        {
            throw new ArgumentException(
                $"{nameof(DirectBrokerOptions.ListenAddress)} is '{_options.ListenAddress}'; it must be an address, such as tcp://0.0.0.0:0.",
                nameof(options));
        }

        Address = $"direct://{_options.Name}";
        _service = _options.Name.Length == 0 ? "rpc.broker" : $"rpc.broker.{_options.Name}";
        _logger = ContainedLogger.Create(_options.LoggerFactory, "SourceGen.Rpc.PubSub");
    }

    /// <inheritdoc/>
    public BrokerOptions Options => _options.Copy();

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public BrokerCapabilities Capabilities => Abilities;

    /// <summary>
    /// Connected while the registry answers; while it does not, messages go to those who are known.
    /// </summary>
    public BrokerState State
    {
        get
        {
            if (_hub is not { } hub) return new BrokerState(BrokerStatus.Disconnected, _since);
            RegistryState registry = _announcement?.Trouble ?? hub.Directory.State;
            return registry.IsConnected
                ? new BrokerState(BrokerStatus.Connected, registry.Since > _since ? registry.Since : _since)
                : new BrokerState(BrokerStatus.Reconnecting, registry.Since, registry.Problem);
        }
    }

    /// <summary>The publisher's view, while it is connected.</summary>
    internal DirectHub? Hub => _hub;

    /// <summary>What others reach it by, while it has subscriptions.</summary>
    internal RpcServer? Server => _server;

    /// <inheritdoc/>
    public async ValueTask ConnectAsync(CancellationToken cancellationToken = default)
    {
        await _lifecycle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_hub is not null) return;
            ServiceDirectory directory = new(_options.Registry, new ServiceDirectoryOptions { LoggerFactory = _options.LoggerFactory });
            DirectHub hub = new(_options, directory, _logger);
            try
            {
                await FollowAsync(directory, hub, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await hub.DisposeAsync().ConfigureAwait(false);
                throw;
            }

            _node = string.Create(
                CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}-{Random.Shared.NextInt64() & 0xFFFFFFFFFF:x10}");
            _announcement = new DirectAnnouncement(_options.Registry, _service, _options.ConnectTimeout, _logger);
            _delivery = new DeliveryService(_node, _logger);
            _since = DateTimeOffset.UtcNow;
            _hub = hub;
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>
    /// Waits until what was published is acknowledged, up to <see cref="BrokerOptions.PublishTimeout"/>, ends all subscriptions, waiting for the
    /// handlers in progress, and closes the connections. What is not acknowledged then is gone.
    /// </summary>
    /// <param name="cancellationToken">Waits no longer; messages that are being handled may be delivered again.</param>
    public async ValueTask DisconnectAsync(CancellationToken cancellationToken = default)
    {
        await _lifecycle.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            DirectHub? hub = _hub;
            if (hub is null) return;
            _hub = null;
            _since = DateTimeOffset.UtcNow;
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(_options.PublishTimeout);
            await hub.WhenIdleAsync(patience.Token).ConfigureAwait(false);
            DirectSubscription[] subscriptions;
            lock (_gate) subscriptions = [.. _subscriptions];
            await Task.WhenAll(subscriptions.Select(one => one.UnsubscribeAsync(cancellationToken).AsTask())).ConfigureAwait(false);
            await hub.WhenIdleAsync(patience.Token).ConfigureAwait(false); // What the handlers gave back, and dead letters.
            await _announcement!.DisposeAsync().ConfigureAwait(false);
            _delivery!.End();
            if (_server is { } server) await server.StopAsync(cancellationToken).ConfigureAwait(false);
            await hub.DisposeAsync().ConfigureAwait(false);
            (_server, _announcement, _delivery) = (null, null, null);
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <inheritdoc/>
    public ValueTask PublishAsync(in OutgoingMessage message, CancellationToken cancellationToken = default) =>
        PublishAsync(_hub ?? throw BrokerErrors.NotConnected(Address), in message, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ISubscription> SubscribeAsync(
        string topic, MessageHandler handler, SubscriptionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handler);
        TopicPattern pattern = TopicPattern.Parse(topic);
        options = options?.Copy() ?? new SubscriptionOptions();
        options.Validate(pattern, Capabilities, "direct://");
        await _lifecycle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            DirectHub hub = _hub ?? throw BrokerErrors.NotConnected(Address);
            await ServeAsync(cancellationToken).ConfigureAwait(false);
            SubscriptionEntry entry = new(++_lastId, pattern.Text, options.QueueGroup, options.EffectivePrefetch, options.AckTimeout ?? s_ackTimeout);
            DirectSubscription subscription = new(this, hub, entry, handler, options, _logger);
            _delivery!.Add(subscription);
            lock (_gate) _subscriptions.Add(subscription);
            try
            {
                await AnnounceAsync(hub, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await subscription.UnsubscribeAsync(CancellationToken.None).ConfigureAwait(false);
                throw;
            }

            return subscription;
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await DisconnectAsync().ConfigureAwait(false);
        if (_options.OwnsRegistry) await _options.Registry.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>What is wrong with a broker's name; null for nothing.</summary>
    internal static string? FindProblem(string name) => name.Length == 0 ? null : TopicName.FindProblem(name, isPattern: false);

    /// <summary>Publishes for whoever has the hub: dead letters are published while the broker is being disconnected, too.</summary>
    internal ValueTask PublishAsync(DirectHub hub, in OutgoingMessage message, CancellationToken cancellationToken)
    {
        DirectGroup[] groups = hub.Route(message.Topic);
        long length = DeliveryFormat.Measure(in message);
        if (length > DeliveryFormat.MaxMessage) throw BrokerErrors.TooLarge(Address, message.Topic, length, DeliveryFormat.MaxMessage);
        for (int i = 0; i < groups.Length; i++)
        {
            if (!groups[i].TryAdd(in message, (int)length)) return WaitAsync(groups, i, message, (int)length, cancellationToken);
        }

        return default;
    }

    /// <summary>Takes a subscription out of the registry, as far as it answers: publishers that do not hear of it are told when they bring messages.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The subscription ends, whatever a plug-in throws.")]
    internal async Task WithdrawAsync(DirectSubscription subscription)
    {
        lock (_gate) _subscriptions.Remove(subscription);
        DirectHub hub = subscription.Hub;
        try
        {
            await AnnounceAsync(hub, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            DirectLog.NotRenewed(_logger, _options.Registry.Address, e.Message);
        }
    }

    /// <summary>A subscription has ended.</summary>
    internal void Forget(DirectSubscription subscription) => _delivery?.Remove(subscription);

    /// <summary>Some have the message, and others have no room for it yet.</summary>
    private async ValueTask WaitAsync(DirectGroup[] groups, int first, OutgoingMessage message, int length, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_options.PublishTimeout);
        for (int i = first; i < groups.Length; i++)
        {
            try
            {
                while (!groups[i].TryAdd(in message, length)) await groups[i].WhenRoomAsync(patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw BrokerErrors.Full(
                    Address, $"the buffer of {groups[i]} had no room for '{message.Topic}' within {_options.PublishTimeout.TotalSeconds:0.###} s. "
                    + (groups[i].Ready == 0
                        ? "None of its subscribers can be reached: see to them, or give the broker another overflow policy."
                        : "Its handlers are slower than what is published: give them more Concurrency, or the broker another overflow policy."));
            }
        }
    }

    private async Task FollowAsync(ServiceDirectory directory, DirectHub hub, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_options.ConnectTimeout);
        try
        {
            try
            {
                await directory.GetAsync(_service, timeout.Token).ConfigureAwait(false);
            }
            catch (RpcException e) when (e.Code == RpcStatusCode.NotFound)
            {
                // Nobody subscribes yet.
            }

            ServiceUrl condition = ServiceUrl.Parse($"consumer://0.0.0.0/{_service}?group=*&version=*&check=false");
            await directory.SubscribeAsync(condition, hub, timeout.Token).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Code is not (RpcStatusCode.Unauthenticated or RpcStatusCode.PermissionDenied))
        {
            throw BrokerErrors.Unreachable(Address, e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw BrokerErrors.Unreachable(
                Address, $"the registry {_options.Registry.Address} did not answer within {_options.ConnectTimeout.TotalSeconds:0.###} s.", e);
        }
    }

    /// <summary>Begins to take messages, if it has not.</summary>
    private async Task ServeAsync(CancellationToken cancellationToken)
    {
        if (_server is not null) return;
        RpcServerOptions options = new()
        {
            GoAwayGrace = TimeSpan.Zero,
            DrainTimeout = TimeSpan.FromSeconds(1),
            KeepAliveInterval = TimeSpan.FromSeconds(5),
            KeepAliveTimeout = TimeSpan.FromSeconds(5),
            LoggerFactory = _options.LoggerFactory,
            FlowContext = false,
            BuiltInServices = default,
        };
        options.Limits.MaxMessageSize = MaxMessageSize;
        options.Limits.StreamWindow = 1024 * 1024;
        options.Limits.ConnectionStreamWindow = 8 * 1024 * 1024;
        options.Listen(_options.ListenAddress);
        _options.ConfigureServer?.Invoke(options);
        RpcServer server = new(options);
        server.AddService<IDelivery>(_delivery!);
        await server.StartAsync(cancellationToken).ConfigureAwait(false);
        _serverOptions = options;
        _server = server;
    }

    /// <summary>Tells everybody what this process subscribes to.</summary>
    private async Task AnnounceAsync(DirectHub hub, CancellationToken cancellationToken)
    {
        await _announcing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ServiceNode? node = Describe();
            hub.SetOwn(node, _node); // Its own publishers need not be told by the registry.
            await _announcement!.SetAsync(node, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _announcing.Release();
        }
    }

    private ServiceNode? Describe()
    {
        Dictionary<string, string> metadata = new(StringComparer.Ordinal) { [SubscriptionEntry.FormKey] = SubscriptionEntry.Form };
        lock (_gate)
        {
            if (_subscriptions.Count == 0) return null;
            foreach (DirectSubscription one in _subscriptions) metadata[one.Entry.Key] = one.Entry.Value;
        }

        string address = AdvertisedAddress.Of(_server!.Addresses, _serverOptions!.Registration)[0];
        return new ServiceNode(_node, address) { Metadata = ServiceMetadata.Create(metadata) };
    }
}
