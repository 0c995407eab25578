using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>Connecting to one of the servers, and again when the connection is lost.</summary>
internal sealed partial class NatsClient
{
    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(2);

    /// <summary>Connects; does nothing when it is connected, and waits when it is about to be again.</summary>
    /// <returns>False when it was connected before.</returns>
    /// <exception cref="RpcException">No server can be used.</exception>
    public async Task<bool> ConnectAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            bool isOpen;
            lock (_gate) isOpen = _isOpen;
            if (isOpen)
            {
                if (!await WaitForConnectionAsync(_options.ConnectTimeout, cancellationToken).ConfigureAwait(false))
                {
                    throw BrokerErrors.Unreachable(Address, State.Problem ?? "the connection was lost.");
                }

                return false;
            }

            _servers.Forget();
            NatsConnection connection = await OpenAnyAsync(except: null, cancellationToken).ConfigureAwait(false);
            CancellationTokenSource ending = new();
            lock (_gate)
            {
                _isOpen = true;
                _ending = ending;
                _pending.Clear();
                _pendingPings = 0;
                NatsInbox inbox = new(this) { Subject = _inboxSubject + ".*", Sid = ++_nextSid };
                _subscribers.Add(inbox.Sid, inbox);
            }

            Attach(connection);
            _supervisor = Task.Run(() => SuperviseAsync(connection, ending.Token), CancellationToken.None);
            return true;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Sends what was published, and ends the connection.</summary>
    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            bool isConnected;
            lock (_gate)
            {
                if (!_isOpen) return;
                _isOpen = false;
                isConnected = _connection is not null;
            }

            try
            {
                if (isConnected) await PingAsync(_options.PublishTimeout, isAnyState: true, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException)
            {
                NatsLog.NotFlushed(_logger, Address, e.Message);
            }

            await _ending!.CancelAsync().ConfigureAwait(false);
            await _supervisor.ConfigureAwait(false);
            _ending.Dispose();
            lock (_gate)
            {
                _subscribers.Clear();
                _pending.Clear();
                SetState(BrokerStatus.Disconnected, null);
                Signal();
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Waits until there is a connection.</summary>
    /// <returns>False when it took too long.</returns>
    public async Task<bool> WaitForConnectionAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        long deadline = Deadline(timeout);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_connection is not null) return true;
                if (!_isOpen) throw BrokerErrors.NotConnected(Address);
                changed = WaitForChange();
            }

            if (!await WaitAsync(changed, deadline, cancellationToken).ConfigureAwait(false)) return false;
        }
    }

    /// <summary>Connects to one of the servers: those of the options in their order, then those that were announced.</summary>
    /// <param name="except">Which one not; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private async Task<NatsConnection> OpenAnyAsync(NatsEndpoint? except, CancellationToken cancellationToken)
    {
        List<(string Problem, Exception Cause)> failures = [];
        // Each list has the whole time, so that a long one does not shorten the patience with the servers of the options.
        NatsConnection? connection = await TryOpenAsync(_servers.Configured, except, failures, cancellationToken).ConfigureAwait(false)
            ?? await TryOpenAsync(_servers.GetAnnounced(), except, failures, cancellationToken).ConfigureAwait(false);
        if (connection is not null) return connection;
        if (failures.Count == 0) throw BrokerErrors.Unreachable(Address, "neither the options nor the cluster name another server.");
        string all = string.Join("; ", failures.Select(static failure => failure.Problem));
        Exception cause = failures[^1].Cause;
        if (!failures.Any(static failure => failure.Cause is NatsConnectException { IsRefused: true })) throw BrokerErrors.Unreachable(Address, all, cause);
        throw new RpcException(RpcStatusCode.Unauthenticated, $"The broker {Address} does not let the program in: {all}. Check user, password or token.", cause)
        {
            Progress = RpcCallProgress.NotSent,
        };
    }

    private async Task<NatsConnection?> TryOpenAsync(
        IReadOnlyList<NatsEndpoint> servers, NatsEndpoint? except, List<(string Problem, Exception Cause)> failures, CancellationToken cancellationToken)
    {
        long deadline = Deadline(_options.ConnectTimeout);
        for (int i = 0; i < servers.Count; i++)
        {
            if (servers[i].Address == except?.Address) continue;
            // One that does not answer leaves time for the others.
            TimeSpan patience = TimeSpan.FromMilliseconds(Math.Max(1, deadline - Environment.TickCount64)) / (servers.Count - i);
            using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timer.CancelAfter(patience);
            try
            {
                return await NatsConnection.OpenAsync(servers[i], _options, _tls, timer.Token).ConfigureAwait(false);
            }
            catch (NatsConnectException e)
            {
                failures.Add(($"{servers[i]}: {e.Message}", e));
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                failures.Add(($"{servers[i]}: {e.Message} ({patience.TotalSeconds:0.###} s)", e));
            }
        }

        return null;
    }

    private async Task SuperviseAsync(NatsConnection connection, CancellationToken cancellationToken)
    {
        int failures = 0;
        while (true)
        {
            long start = Environment.TickCount64;
            using CancellationTokenSource leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task<string> running = connection.RunAsync(this, _options.PingInterval, leaving.Token);
            NatsConnection? next = await TryMoveAsync(connection, running, leaving, cancellationToken).ConfigureAwait(false);
            string problem = await running.ConfigureAwait(false);
            if (next is not null)
            {
                connection = next;
                continue;
            }

            Detach(problem);
            if (cancellationToken.IsCancellationRequested) return;
            NatsLog.Lost(_logger, Address, problem);
            // A server that lets the program in and throws it out at once is not asked faster than one that is not there.
            failures = Environment.TickCount64 - start < s_longestWait.TotalMilliseconds ? failures + 1 : 0;
            if (await ReopenAsync(failures, cancellationToken).ConfigureAwait(false) is not { } reopened) return;
            connection = reopened;
            NatsLog.Restored(_logger, Address, connection.Name);
            Attach(connection);
        }
    }

    private async Task<NatsConnection?> ReopenAsync(int failures, CancellationToken cancellationToken)
    {
        for (; ; failures++)
        {
            // Shortened at random, so that many programs do not come back at the same moment.
            TimeSpan ceiling = TimeSpan.FromTicks(Math.Min(s_longestWait.Ticks, s_firstWait.Ticks << Math.Min(failures, 10)));
            try
            {
                await Task.Delay(ceiling * (0.5 + (Random.Shared.NextDouble() / 2)), cancellationToken).ConfigureAwait(false);
                return await OpenAnyAsync(except: null, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return null;
            }
            catch (RpcException e)
            {
                lock (_gate) _state = _state with { Problem = e.Message };
                NatsLog.NotRestored(_logger, e.Message);
            }
        }
    }

    private void Attach(NatsConnection connection)
    {
        NatsSubscriber[] subscribers;
        lock (_gate)
        {
            subscribers = [.. _subscribers.Values.Where(static subscriber => !subscriber.IsEnding)];
            _sending.Clear();
            foreach (NatsSubscriber subscriber in subscribers)
            {
                subscriber.OnResubscribing();
                _sending.Subscribe(subscriber.Subject, subscriber.Queue, subscriber.Sid);
            }

            _hasPrefix = _sending.Length > 0;
            _overlap = null;
            _pings.Clear();
            for (int i = 0; i < _pendingPings; i++) _pings.Enqueue(null);
            _connection = connection;
            SetState(BrokerStatus.Connected, null);
            Signal();
        }

        OnInfo(connection);
        foreach (NatsSubscriber subscriber in subscribers) subscriber.OnRestored();
    }

    private void Detach(string problem)
    {
        NatsSubscriber[] subscribers;
        NatsRequest[] requests;
        lock (_gate)
        {
            _connection = null;
            _hasPrefix = false;
            SetState(BrokerStatus.Reconnecting, problem);
            subscribers = [.. _subscribers.Values];
            requests = [.. _requests.Values];
            _requests.Clear();
            foreach (TaskCompletionSource<bool>? ping in _pings) ping?.TrySetResult(false);
            _pings.Clear();
            Signal();
        }

        // Whether they were sent is not known: what was gathered is sent by the next connection.
        foreach (NatsRequest request in requests) request.TrySetException(BrokerErrors.Lost(Address, problem, RpcCallProgress.Unknown));
        foreach (NatsSubscriber subscriber in subscribers) subscriber.OnLost();
    }
}
