using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>
/// A publisher's view of everybody who subscribes, as the registry has it: which topic goes where, and a link to each process.
/// </summary>
internal sealed class DirectHub : INotifyListener, IAsyncDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(250);

    private readonly DirectBrokerOptions _options;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DirectLink> _links = new(StringComparer.Ordinal);
    private readonly List<DirectLink> _leaving = [];
    private readonly Timer _timer;
    private readonly TopicRoutes<DirectGroup> _routes;
    private ImmutableArray<ServiceNode> _known = [];
    private ServiceNode? _own;
    private bool _isEnded;

    public DirectHub(DirectBrokerOptions options, ServiceDirectory directory, ILogger logger)
    {
        _options = options;
        _routes = new TopicRoutes<DirectGroup>(_gate);
        Directory = directory;
        _logger = logger;
        _timer = new Timer(static self => ((DirectHub)self!).Tick(), this, s_tick, s_tick);
    }

    /// <summary>Where it learns who subscribes.</summary>
    public ServiceDirectory Directory { get; }

    /// <summary>How many messages were given up, of groups that are there.</summary>
    public long Dropped => _routes.Groups.Sum(static group => group.Dropped);

    /// <summary>Finds the groups that get a topic's messages.</summary>
    /// <exception cref="RpcException">The topic is none.</exception>
    public DirectGroup[] Route(string topic) => _routes.Find(topic);

    /// <summary>How many subscriptions there are for a topic that can be sent messages.</summary>
    public int CountReady(string topic) => Route(topic).Sum(static group => group.Ready);

    /// <summary>How a link connects.</summary>
    public RpcClientOptions CreateClientOptions()
    {
        RpcClientOptions options = new()
        {
            ConnectTimeout = _options.ConnectTimeout,
            KeepAliveInterval = TimeSpan.FromSeconds(5),
            KeepAliveTimeout = TimeSpan.FromSeconds(5),
            LoggerFactory = _options.LoggerFactory,
            FlowContext = false,
        };
        options.Limits.MaxMessageSize = DirectBroker.MaxMessageSize;
        _options.ConfigureClient?.Invoke(options);
        return options;
    }

    /// <summary>A link was lost.</summary>
    public void NoteLost(DirectLink link, Exception error) => DirectLog.LinkLost(_logger, link.Node, link.Address, error.Message);

    /// <inheritdoc/>
    public ValueTask NotifyAsync(ServiceSnapshot snapshot, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _known = [.. snapshot.Instances.Select(static instance => instance.Node)];
            Apply();
        }

        return default;
    }

    /// <summary>The broker's own subscriptions changed, which it need not be told by the registry.</summary>
    /// <param name="own">What it registers; null when it has none any more.</param>
    public void SetOwn(ServiceNode? own, string id)
    {
        lock (_gate)
        {
            _known = _known.RemoveAll(node => node.Id == id);
            _own = own;
            Apply();
        }
    }

    /// <summary>Waits until everything is settled that somebody could settle.</summary>
    public async Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && _routes.Groups.Any(static group => group.IsBusy))
            await Task.Delay(5, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Directory.DisposeAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        DirectLink[] links;
        lock (_gate)
        {
            _isEnded = true;
            links = [.. _links.Values, .. _leaving];
            _links.Clear();
        }

        await Task.WhenAll(links.Select(static link => link.EndAsync())).ConfigureAwait(false);
        lock (_gate)
        {
            foreach (DirectGroup group in _routes.Groups) group.Close();
            _routes.Groups = [];
        }
    }

    private static Dictionary<uint, SubscriptionEntry>? Read(ServiceNode node)
    {
        if (node.Metadata.GetValueOrDefault(SubscriptionEntry.FormKey) != SubscriptionEntry.Form) return null;
        Dictionary<uint, SubscriptionEntry> entries = [];
        foreach ((string key, string value) in node.Metadata)
        {
            if (SubscriptionEntry.Read(key, value) is { } entry) entries[entry.Id] = entry;
        }

        return entries;
    }

    /// <summary>Makes links, members and groups what the registry says. The gate is held, here and below.</summary>
    private void Apply()
    {
        if (_isEnded) return;
        Dictionary<string, ServiceNode> nodes = new(StringComparer.Ordinal);
        foreach (ServiceNode node in _known) nodes[node.Id] = node;
        if (_own is not null) nodes[_own.Id] = _own;

        // Who comes goes first, so that what somebody leaves has somewhere to go.
        foreach (ServiceNode node in nodes.Values)
        {
            if (_links.TryGetValue(node.Id, out DirectLink? link) && link.Address != node.Address)
            {
                Leave(link);
                link = null;
            }

            if (Read(node) is not { } entries)
            {
                DirectLog.UnknownForm(_logger, node.Id, node.Metadata.GetValueOrDefault(SubscriptionEntry.FormKey));
                continue;
            }

            bool isNew = link is null;
            if (link is null) _links[node.Id] = link = new DirectLink(this, node.Id, node.Address);
            foreach (DirectMember member in link.Members)
            {
                if (entries.TryGetValue(member.Entry.Id, out SubscriptionEntry? entry) && entry == member.Entry) entries.Remove(entry.Id);
                else Leave(member);
            }

            foreach (SubscriptionEntry entry in entries.Values) link.Add(new DirectMember(entry, FindGroup(entry), link));
            if (isNew) link.Start();
        }

        foreach (DirectLink link in _links.Values.Where(link => !nodes.ContainsKey(link.Node)).ToArray()) Leave(link);
    }

    private DirectGroup FindGroup(SubscriptionEntry entry)
    {
        DirectGroup? group = entry.Group is null ? null : Array.Find(_routes.Groups, one => one.Name == entry.Group && one.Pattern.Text == entry.Pattern);
        if (group is null) _routes.Groups = [.. _routes.Groups, group = new DirectGroup(TopicPattern.Parse(entry.Pattern), entry.Group, _options)];
        return group;
    }

    private void Leave(DirectLink link)
    {
        _links.Remove(link.Node);
        foreach (DirectMember member in link.Members) Leave(member);
        _leaving.Add(link);
        link.Retire();
    }

    private void Leave(DirectMember member)
    {
        member.Link.Remove(member);
        if (!member.Group.Leave(member)) Forget(member.Group);
    }

    private void Forget(DirectGroup group) => _routes.Groups = Array.FindAll(_routes.Groups, one => one != group);

    private void Tick()
    {
        lock (_gate)
        {
            if (_isEnded) return;
            long now = Environment.TickCount64;
            foreach (DirectLink link in _links.Values) link.CheckTimeouts(now);
            foreach (DirectLink link in _leaving) link.CheckTimeouts(now);
            _leaving.RemoveAll(static link => link.Running.IsCompleted);
            foreach (DirectGroup expired in Array.FindAll(_routes.Groups, group => group.TryExpire(now))) Forget(expired);
        }
    }
}
