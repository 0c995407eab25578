using Microsoft.Extensions.Logging;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>
/// A way to one service, whichever servers offer it: follows them in the directory, and sends each call to the next in turn that is
/// connected.
/// </summary>
internal sealed partial class ServiceChannel : OptionsChannel, INotifyListener
{
    private readonly IServiceDirectory _directory;
    private readonly NodeConnections _connections;
    private readonly FilterChain _filters;
    private readonly RpcClientOptions _options;
    private readonly ILogger _logger;
    private readonly ServiceUrl _condition;
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSource();
    private volatile NodeSet _nodes = NodeSet.Empty;
    private Task? _subscribing;
    private bool _isDisposed;

    public ServiceChannel(
        RpcContract contract, IServiceDirectory directory, NodeConnections connections, RpcClientOptions options, ILogger logger)
    {
        _directory = directory;
        _connections = connections;
        _options = options;
        _filters = FilterChain.Of(options.Filters);
        _logger = logger;

        // What is not there yet is waited for by calls, not by subscribing.
        Dictionary<string, string> parameters = new() { [ServiceUrlParameters.Check] = "false" };
        if (options.Group.Length > 0) parameters[ServiceUrlParameters.Group] = options.Group;
        if (contract.Version.Length > 0) parameters[ServiceUrlParameters.Version] = contract.Version;
        _condition = new ServiceUrl("consumer", "localhost", 0, contract.Name) { Parameters = ServiceMetadata.Create(parameters) };
    }

    /// <summary>The servers as they are now.</summary>
    public NodeSet Nodes => _nodes;

    /// <summary>How long a call may take whose contract does not say; -1 for no limit.</summary>
    private int CallTimeoutMs => (int)_options.CallTimeout.TotalMilliseconds;

    /// <summary>Takes over what the directory knows. Calls come one after the other.</summary>
    public ValueTask NotifyAsync(ServiceSnapshot snapshot, CancellationToken cancellationToken)
    {
        Dictionary<string, Node> left = _nodes.Nodes.ToDictionary(static node => node.Instance.Key, StringComparer.Ordinal);
        List<Node> nodes = [];
        foreach (ServiceInstance instance in snapshot.Instances)
        {
            if (left.Remove(instance.Key, out Node? known) && known.Instance.Node.Equals(instance.Node)) nodes.Add(known);
            else
            {
                if (known is not null) left.Add(instance.Key, known); // To be let go.
                if (TryConnect(instance) is { } node) nodes.Add(node);
            }
        }

        // Those that want no calls get none, unless nobody else is there.
        Node[] willing = [.. nodes.Where(static node => node.Instance.Node.Weight > 0)];
        TaskCompletionSource changed;
        lock (_gate)
        {
            _nodes = new NodeSet(willing.Length > 0 ? willing : [.. nodes], _nodes.Turn);
            changed = _changed;
            _changed = NewSource();
        }

        foreach (Node node in nodes.Except(willing).Where(_ => willing.Length > 0)) _connections.Release(node.Channel);
        foreach (Node node in left.Values) _connections.Release(node.Channel);
        changed.TrySetResult();
        return default;
    }

    /// <summary>
    /// Gets a server to send a call to, waiting for one up to the connect timeout, or to the call's own limit if that is shorter.
    /// </summary>
    /// <param name="methodName">The method to be called, for the error message.</param>
    /// <param name="tried">The servers that the call was sent to before: others are taken while there are any.</param>
    /// <param name="remainingMs">What remains of the call's own time; -1 for no limit.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.NotFound"/>: the registry knows no server of the service; <see cref="RpcStatusCode.Unavailable"/>: the
    /// registry did not answer, or no server can be reached; others: why all servers refuse the client.
    /// </exception>
    public async ValueTask<Node> GetNodeAsync(string methodName, List<Node> tried, int remainingMs, CancellationToken cancellationToken)
    {
        bool callIsShorter = remainingMs >= 0 && remainingMs < _options.ConnectTimeout.TotalMilliseconds;
        TimeSpan limit = callIsShorter ? TimeSpan.FromMilliseconds(remainingMs) : _options.ConnectTimeout;
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task expired = Task.Delay(limit, timeout.Token);
        RpcException? refused = null;
        HashSet<Node> refusing = [];
        try
        {
            while (true)
            {
                Task subscribing;
                Task changed;
                NodeSet nodes;
                lock (_gate)
                {
                    if (_isDisposed) throw NotSent(RpcStatusCode.Unavailable, $"{methodName} was not sent: the client is disposed.");
                    subscribing = Subscribe();
                    changed = _changed.Task;
                    nodes = _nodes;
                }

                if (nodes.NextUntried(tried) is { } node) return node;
                List<Task> waiting = [changed, expired];
                if (!subscribing.IsCompletedSuccessfully) waiting.Add(subscribing);
                foreach (Node other in nodes.Nodes)
                {
                    if (!refusing.Contains(other)) waiting.Add(other.Channel.WhenConnected());
                }

                bool isHopeless = nodes.Nodes.Length > 0 && refusing.Count >= nodes.Nodes.Length;
                if (isHopeless) throw NotSent(refused!.Code, $"{methodName} was not sent: {refused.Detail}", refused);
                Task first = await Task.WhenAny(waiting).ConfigureAwait(false);
                if (first == expired) break;
                if (first == subscribing) ThrowIfFailed(methodName, subscribing);
                if (first.Exception?.InnerException is not RpcException e) continue;
                refused = e;
                foreach (Node other in nodes.Nodes)
                {
                    if (other.Channel.LastFailure == e) refusing.Add(other);
                }
            }

            cancellationToken.ThrowIfCancellationRequested();
            throw NoNode(methodName, limit, callIsShorter);
        }
        finally
        {
            await timeout.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Follows the servers no longer.</summary>
    public async ValueTask EndAsync()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _isDisposed = true;
            changed = _changed;
        }

        changed.TrySetResult();
        await _directory.UnsubscribeAsync(_condition, this).ConfigureAwait(false);
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static RpcException NotSent(RpcStatusCode code, string detail, Exception? cause = null) =>
        new(code, detail, cause) { Progress = RpcCallProgress.NotSent };

    /// <summary>
    /// A subscription that failed is begun again by the next call, not by this one, which would do so for as long as it has time.
    /// </summary>
    private static void ThrowIfFailed(string methodName, Task subscribing)
    {
        if (subscribing.IsCompletedSuccessfully) return;
        Exception? cause = subscribing.Exception?.InnerException;
        throw cause is RpcException known
            ? NotSent(known.Code, $"{methodName} was not sent: {known.Detail}", known)
            : NotSent(
                RpcStatusCode.Unavailable,
                $"{methodName} was not sent: its servers could not be looked up. {cause?.Message ?? "The directory gave up."}",
                cause);
    }

    /// <summary>The subscription, begun by the first call and again by the next one when it failed. The gate is held.</summary>
    private Task Subscribe()
    {
        if (_subscribing is null || _subscribing.IsFaulted || _subscribing.IsCanceled)
        {
            _subscribing = Task.Run(async () => await _directory.SubscribeAsync(_condition, this).ConfigureAwait(false));
        }

        return _subscribing;
    }

    private Node? TryConnect(ServiceInstance instance)
    {
        try
        {
            return new Node(instance, _connections.Acquire(instance.Node.GetRpcAddress()));
        }
        catch (Exception e) when (e is FormatException or NotSupportedException)
        {
            ClientLog.NodeUnusable(_logger, instance, e.Message);
            return null;
        }
        catch (ObjectDisposedException)
        {
            return null; // The client is going, and takes no more calls.
        }
    }

    /// <summary>Why there is nobody to call: unknown service, silent registry, or servers that cannot be reached.</summary>
    private RpcException NoNode(string methodName, TimeSpan waited, bool callIsShorter)
    {
        Node[] nodes = _nodes.Nodes;
        string time = $"{waited.TotalSeconds:0.###} s";
        if (nodes.Length > 0)
        {
            Node last = nodes[^1];
            return NotSent(
                callIsShorter ? RpcStatusCode.DeadlineExceeded : RpcStatusCode.Unavailable,
                $"{methodName} was not sent: none of the {nodes.Length:N0} servers of {_condition.ServiceKey} could be reached within {time}. "
                + $"{last.Instance.Node.Address}: {last.Channel.LastFailure?.Message ?? "the attempt to connect did not come to an end."}",
                last.Channel.LastFailure);
        }

        if (_directory.TryGet(_condition.ServiceName, out ServiceSnapshot? known) && !known.IsStale)
        {
            string others = known.Records.IsEmpty ? "" : $" It knows {string.Join(", ", known.Records.Select(static record => record.Key))}.";
            return NotSent(
                RpcStatusCode.NotFound,
                $"{methodName} was not sent: the registry knew no server of {_condition.ServiceKey} for {time}.{others}");
        }

        return NotSent(
            RpcStatusCode.Unavailable,
            $"{methodName} was not sent: the registry did not say for {time} which servers offer {_condition.ServiceKey}. "
            + (_directory.State.Problem ?? "It has not answered yet."));
    }
}
