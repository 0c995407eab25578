using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Selection.Aperture;
using SourceGen.Rpc.Selection.Balancing;
using SourceGen.Rpc.Selection.Filters;

namespace SourceGen.Rpc.Selection;

/// <summary>
/// The nodes of a service that a directory knows. What it knows becomes a view, under the selector's gate; calls read the view and take no
/// lock. A selection for calls with a tag is the child of one without: it has filters and a balancer of its own, and is told by its parent.
/// </summary>
internal sealed partial class DirectorySelection : Selection, INotifyListener
{
    /// <summary>How many tags are remembered that calls carried before it was known which tags there are.</summary>
    private const int MaxEarlyTags = 256;

    /// <summary>How often the balancer is asked for a node that will do, before any other is taken.</summary>
    private const int Draws = 4;

    private readonly Selector _selector;
    private readonly IServiceDirectory _directory;
    private readonly SelectorOptions _options;
    private readonly INodeFilter[] _filters;
    private readonly IBalancer _balancer;
    private readonly ServiceUrl _condition;
    private readonly DirectorySelection? _parent;
    private readonly ConcurrentDictionary<(string Tag, bool IsForced), DirectorySelection> _byTag = new();
    private readonly CancellationTokenSource _ending = new();

    /// <summary>What the directory says is taken over one at a time. Taken before the selector's gate, never within.</summary>
    private readonly Lock _applying = new();
    private volatile SelectionView _view = SelectionView.Unknown;
    private TaskCompletionSource _changed = NewSource();
    private Task<Exception?>? _subscribing;
    private volatile Task<Exception?>? _told;
    private ServiceSnapshot? _snapshot;
    private Exception? _filterFailure;
    private HashSet<string> _tags = new(StringComparer.Ordinal);

    // Under the selector's gate: all that the filters leave; of those the ones that want calls, in the ring's order; what part of each is called.
    private NodeSlot[] _left = [];
    private NodeSlot[] _willing = [];
    private double[]? _parts;
    private long? _nextStep;

    /// <summary>Creates a selection, which does not begin before <see cref="Begin"/>.</summary>
    public DirectorySelection(Selector selector, IServiceDirectory directory, ServiceUrl condition, SelectorOptions options)
        : this(selector, directory, condition, options, [.. options.Filters], parent: null)
    {
    }

    private DirectorySelection(
        Selector selector, IServiceDirectory directory, ServiceUrl condition, SelectorOptions options, INodeFilter[] filters, DirectorySelection? parent)
    {
        _selector = selector;
        _directory = directory;
        _condition = condition;
        _options = options;
        _filters = filters;
        _parent = parent;
        _balancer = options.Balancer?.Invoke() ?? new PowerOfTwoChoicesBalancer();
    }

    public override NodeSet Nodes => Open().Nodes;

    public override NodeSet AllNodes => Open().AllNodes;

    public override bool IsKnown => Open().IsKnown;

    public override Task Changed
    {
        get
        {
            lock (_selector.Gate) return _changed.Task;
        }
    }

    /// <summary>The service that is selected from; <c>*</c> for all.</summary>
    public string Service => _condition.ServiceName;

    /// <summary>When weights are to be looked at again, as a timestamp; null when all are what they will be.</summary>
    public long? NextStep
    {
        get
        {
            long? next = _nextStep;
            foreach (DirectorySelection child in _byTag.Values)
            {
                if (child._nextStep is { } step && !(next <= step)) next = step;
            }

            return next;
        }
    }

    /// <summary>Begins to follow the nodes.</summary>
    public void Begin()
    {
        if (_options.Aperture is { } aperture) aperture.Peers.Changed += OnPeersChanged;
        EnsureSubscribed();
    }

    public override bool TryNext(in PickRequest request, [NotNullWhen(true)] out NodeState? node)
    {
        NodeSet nodes = _view.Nodes;
        if (nodes.Count > 0)
        {
            node = nodes[_balancer.Pick(nodes, in request)];
            if (request.Accepts(node)) return true;
        }

        return TryOthers(in request, out node);
    }

    public override async ValueTask<NodeState> NextAsync(PickRequest request, CancellationToken cancellationToken = default)
    {
        if (TryNext(in request, out NodeState? node)) return node;
        DirectorySelection root = _parent ?? this;
        Task<Exception?> subscribing = root.EnsureSubscribed();
        while (true)
        {
            Task changed = Changed;
            bool isSubscribed = subscribing.IsCompleted; // Asked before the view is: what the directory told until then is in it.
            if (TryNext(in request, out node)) return node;
            SelectionView view = Open();
            if (view.IsKnown) throw NobodyFits(view, in request);
            if (root._filterFailure is { } failure)
            {
                throw NotSent(RpcStatusCode.Internal, $"a filter of {_condition.ServiceKey} failed: {failure.Message}", failure);
            }

            if (view.IsStale || isSubscribed)
            {
                Exception? refusal = await subscribing.WaitAsync(cancellationToken).ConfigureAwait(false);
                root._told = subscribing;
                ThrowUnknown(refusal);
            }

            await Task.WhenAny(changed, subscribing).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override Selection ForTag(string tag, bool isForced = false)
    {
        ArgumentNullException.ThrowIfNull(tag);
        if (_parent is not null) return _parent.ForTag(tag, isForced);
        if (tag.Length == 0) isForced = false; // There is nothing to fall back from.
        return _byTag.TryGetValue((tag, isForced), out DirectorySelection? known) ? known : AddTag(tag, isForced);
    }

    /// <summary>Takes over what the directory knows. Calls come one after the other.</summary>
    public ValueTask NotifyAsync(ServiceSnapshot snapshot, CancellationToken cancellationToken)
    {
        lock (_applying)
        {
            _snapshot = snapshot;
            _tags = [.. snapshot.Instances.SelectMany(static instance => instance.Node.Tags)];
            try
            {
                Apply(snapshot);
                foreach (DirectorySelection child in _byTag.Values) child.Apply(snapshot);
                _filterFailure = null;
            }
            catch (Exception e)
            {
                // The directory logs it, and the nodes stay as they were; calls that wait for the first ones are told.
                _filterFailure = e;
                Signal();
                throw;
            }

            // A tag that no node has any more falls back, which the selection for no tag does as well.
            foreach (((string tag, bool isForced) key, DirectorySelection child) in _byTag)
            {
                if (key.tag.Length > 0 && !_tags.Contains(key.tag) && _byTag.TryRemove(key, out _)) child.Leave();
            }
        }

        return default;
    }

    /// <summary>Makes the view anew if it would be another one. The selector's gate is held.</summary>
    public void Publish()
    {
        SelectionView before = _view;
        if (before.IsClosed || !before.IsKnown) return;
        Publish(before.AllNodes, before.Steps, before.IsStale);
    }

    /// <summary>Whose weights or ejections count for it changed: makes the views of it and its children anew. The selector's gate is held.</summary>
    public void PublishAll()
    {
        Publish();
        foreach (DirectorySelection child in _byTag.Values) child.Publish();
    }

    public override void Dispose()
    {
        if (_parent is not null) return;
        lock (_applying)
        {
            if (_view.IsClosed) return;
            foreach (DirectorySelection child in _byTag.Values) child.Close();
            Close();
        }

        if (_options.Aperture is { } aperture) aperture.Peers.Changed -= OnPeersChanged;
        _selector.Remove(this);
        _ = UnsubscribeAsync();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SelectionView Open()
    {
        SelectionView view = _view;
        ObjectDisposedException.ThrowIf(view.IsClosed, typeof(Selection));
        return view;
    }

    /// <summary>The first pick will not do: draws again, then looks at all, then does without what cannot be had.</summary>
    private bool TryOthers(in PickRequest request, [NotNullWhen(true)] out NodeState? node)
    {
        SelectionView view = Open();
        if (TryFind(view.Nodes, in request, out node)) return true;
        PickRequest again = request with { Tried = null };
        if (request.Tried is not null && TryFind(view.Nodes, in again, out node)) return true;
        foreach (NodeState ejected in view.Ejected)
        {
            if (!request.Accepts(ejected)) continue;
            node = ejected;
            return true;
        }

        foreach (NodeState ejected in view.Ejected)
        {
            if (!again.Accepts(ejected)) continue;
            node = ejected;
            return true;
        }

        return false;
    }

    private bool TryFind(NodeSet nodes, in PickRequest request, [NotNullWhen(true)] out NodeState? node)
    {
        node = null;
        if (nodes.Count == 0) return false;
        int index = 0;
        for (int i = 1; i < Draws; i++)
        {
            index = _balancer.Pick(nodes, in request);
            node = nodes[index];
            if (request.Accepts(node)) return true;
        }

        for (int i = 1; i < nodes.Count; i++)
        {
            node = nodes[(index + i) % nodes.Count];
            if (request.Accepts(node)) return true;
        }

        node = null;
        return false;
    }

    /// <summary>
    /// The subscription, begun at first and again when it failed and a call was told so: what failed before anybody asked is that call's answer.
    /// Never fails itself.
    /// </summary>
    private Task<Exception?> EnsureSubscribed()
    {
        lock (_applying)
        {
            ObjectDisposedException.ThrowIf(_view.IsClosed, typeof(Selection));
            bool failed = _subscribing is { IsCompleted: true, Result: not null } && _told == _subscribing;
            if (_subscribing is null || failed) _subscribing = Task.Run(SubscribeAsync);
            return _subscribing;
        }
    }

    private async Task<Exception?> SubscribeAsync()
    {
        try
        {
            await _directory.SubscribeAsync(_condition, this, _ending.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException e) when (_ending.IsCancellationRequested)
        {
            return e;
        }
        catch (Exception e)
        {
            // A directory of somebody's: whatever it throws is for the calls to tell.
            SelectorLog.SubscribeFailed(_selector.Logger, _condition, e.Message);
            return e;
        }
    }

    private async Task UnsubscribeAsync()
    {
        try
        {
            await _ending.CancelAsync().ConfigureAwait(false);
            if (_subscribing is { } subscribing) await subscribing.ConfigureAwait(false);
            await _directory.UnsubscribeAsync(_condition, this).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            SelectorLog.UnsubscribeFailed(_selector.Logger, _condition, e);
        }
    }

    private Selection AddTag(string tag, bool isForced)
    {
        lock (_applying)
        {
            Open();
            bool isEarly = _snapshot is null && _byTag.Count < MaxEarlyTags;
            if (tag.Length > 0 && !isEarly && !_tags.Contains(tag))
            {
                if (!isForced) return ForTag("");
                return CreateChild(tag, isForced: true); // Nobody has it: not kept, since callers can make up as many as they like.
            }

            return _byTag.GetOrAdd((tag, isForced), static (key, self) => self.CreateChild(key.Tag, key.IsForced), this);
        }
    }

    private DirectorySelection CreateChild(string tag, bool isForced)
    {
        INodeFilter[] filters = [.. _filters.Where(static filter => filter is not TagFilter), new TagFilter(tag, isForced)];
        DirectorySelection child = new(_selector, _directory, _condition, _options, filters, this);
        if (_snapshot is not null) child.Apply(_snapshot);
        return child;
    }

    /// <summary>Takes over a snapshot. Those who apply are one at a time.</summary>
    private void Apply(ServiceSnapshot snapshot)
    {
        IReadOnlyList<ServiceInstance> instances = snapshot.Instances;
        ImmutableArray<SelectionView.FilterStep>.Builder steps = ImmutableArray.CreateBuilder<SelectionView.FilterStep>(_filters.Length + 1);
        steps.Add(new SelectionView.FilterStep("", instances.Count));
        foreach (INodeFilter filter in _filters)
        {
            instances = filter.Filter(instances);
            steps.Add(new SelectionView.FilterStep(filter.Name, instances.Count));
        }

        lock (_selector.Gate)
        {
            SelectionView before = _view;
            if (before.IsClosed) return;
            bool isKnown = !(snapshot.IsStale && snapshot.Instances.IsEmpty);
            NodeSlot[] left = new NodeSlot[instances.Count];
            for (int i = 0; i < left.Length; i++)
            {
                left[i] = _selector.Slots.Acquire(instances[i], out bool isNew);
                if (isNew && before.IsKnown) left[i].Health.SlowStartSince = _selector.Timestamp;
            }

            foreach (NodeSlot slot in _left) _selector.Slots.Release(slot);
            bool isSame = left.AsSpan().SequenceEqual(_left);
            _left = left;
            if (!isSame)
            {
                NodeSlot[] willing = Array.FindAll(left, static slot => slot.Weight > 0);
                _willing = willing.Length > 0 ? willing : [.. left];
                if (_options.Aperture is not null) ApertureRing.Sort(_willing);
                Cover();
            }

            NodeSet all = isSame ? before.AllNodes : new NodeSet(
                Array.ConvertAll(left, static slot => slot.State), Array.ConvertAll(left, static slot => slot.Weight));
            if (isKnown) Publish(all, steps.DrainToImmutable(), snapshot.IsStale);
            else _view = new SelectionView { IsStale = true };
            if (isKnown != before.IsKnown || !isSame || snapshot.IsStale != before.IsStale) Signal();
            _selector.Reschedule();
        }
    }

    /// <summary>Finds out which part of the nodes is this client's. The selector's gate is held.</summary>
    private void Cover()
    {
        if (_options.Aperture is not { } aperture) return;
        (int index, int count) = aperture.Peers.Read();
        _parts = _willing.Length > aperture.Size ? ApertureRing.Cover(_willing.Length, aperture.Size, index, count) : null;
    }

    private void OnPeersChanged()
    {
        lock (_selector.Gate)
        {
            if (_view.IsClosed) return;
            Cover();
            foreach (DirectorySelection child in _byTag.Values) child.Cover();
            PublishAll();
            _selector.Reschedule();
        }
    }

    /// <summary>Tells those who wait for a change. The selector's gate is held, or a call's waiting is all that is at stake.</summary>
    private void Signal()
    {
        lock (_selector.Gate)
        {
            _changed.TrySetResult();
            _changed = NewSource();
        }
    }

    /// <summary>Gives its nodes back; calls that have it at hand may end with what they see.</summary>
    private void Leave()
    {
        lock (_selector.Gate)
        {
            foreach (NodeSlot slot in _left) _selector.Slots.Release(slot);
            _left = [];
            _willing = [];
            _parts = null;
        }
    }

    private void Close()
    {
        lock (_selector.Gate)
        {
            Leave();
            _view = SelectionView.Closed;
            _changed.TrySetResult();
        }
    }
}
