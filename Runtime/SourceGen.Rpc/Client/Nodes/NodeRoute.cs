using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Policies;
using SourceGen.Rpc.Selection;
using SourceGen.Rpc.Selection.Health;
using SourceGen.Rpc.Telemetry;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>What all calls of one method to a service have in common.</summary>
/// <param name="service">See <see cref="Service"/>.</param>
/// <param name="method">See <see cref="Method"/>.</param>
/// <param name="terms">See <see cref="Terms"/>.</param>
/// <param name="policy">See <see cref="Policy"/>.</param>
internal sealed class NodeRoute(ServiceChannel service, RpcMethod method, MethodTerms terms, MethodPolicy policy)
{
    private readonly RetryBudget? _budget = service.Budgets.Get(policy.Own.Budget);
    private readonly bool _isPlain = policy.Own is { Strategy: CallStrategy.Failover, Hedge: null, AttemptTimeout: null };
    private readonly bool _isOneWay = (method.Options & RpcMethodOptions.OneWay) != 0;
    private readonly NodeBreakers? _breakers = service.Breaker is { } breaker ? new NodeBreakers(breaker) : null;
    private readonly Lock _gate = new();

    /// <summary>Mostly none, and looked at by every call: a dictionary would take its locks to say that it is empty.</summary>
    private volatile (double Percentile, LatencyQuantile Latencies)[] _quantiles = [];

    /// <summary>The service.</summary>
    public ServiceChannel Service { get; } = service;

    /// <summary>The method.</summary>
    public RpcMethod Method { get; } = method;

    /// <summary>Says how long a call may take, all attempts together.</summary>
    public MethodTerms Terms { get; } = terms;

    /// <summary>Says what becomes of a call that fails.</summary>
    public MethodPolicy Policy { get; } = policy;

    /// <summary>Whether calling twice has the same effect as calling once.</summary>
    public bool IsIdempotent { get; } = (method.Options & RpcMethodOptions.Idempotent) != 0;

    /// <summary>The hash of the header that says which calls belong together; null when there is none.</summary>
    public ulong? KeyOfHeader() =>
        Service.KeyHeader is { Length: > 0 } name && Terms.FindHeader(name) is { } value ? Selection.KeyHash.Of(value) : null;

    /// <summary>
    /// Selects the server of a call that goes to one server after the other, and notes that it is made. On the path of every call.
    /// </summary>
    /// <param name="request">What is known about the call.</param>
    /// <param name="node">The server, which is connected.</param>
    /// <param name="pass">What its circuit breaker let the call through with.</param>
    /// <returns>False when the call has another policy, or there is no server at once.</returns>
    public bool TrySelect(in PickRequest request, [NotNullWhen(true)] out Node? node, out CircuitPass pass)
    {
        node = null;
        pass = default;
        if (!_isPlain || !ReferenceEquals(Policy.Current, Policy.Own) || Service.TryNext(in request) is not { } next) return false;
        if (_breakers is not null && !_breakers.TryEnter(next, out pass)) return false; // Strategies looks for another one.
        _budget?.Deposit();
        next.State.BeginCall();
        node = next;
        return true;
    }

    /// <summary>A call is about to be sent to a server. What it returns is to be marked.</summary>
    /// <param name="node">The server.</param>
    /// <exception cref="RpcException">The circuit of this method there is open; nothing was begun.</exception>
    public CircuitPass Begin(Node node)
    {
        CircuitPass pass = default;
        if (_breakers is not null && !_breakers.TryEnter(node, out pass))
        {
            throw new RpcException(
                RpcStatusCode.Unavailable,
                $"{Method.FullName} was not sent to {node.Channel.Address}: its calls failed there too often lately, and the circuit breaker is open.")
            {
                Progress = RpcCallProgress.NotSent,
            };
        }

        node.State.BeginCall();
        return pass;
    }

    /// <summary>A call is made: it adds to what may be spent on repetitions.</summary>
    public void Earn(RpcCallPolicy policy) => Service.Budgets.Get(policy.Budget)?.Deposit();

    /// <summary>Whether the budget has a repetition left; it is spent then.</summary>
    public bool TrySpend(RpcCallPolicy policy)
    {
        if (Service.Budgets.Get(policy.Budget) is not { } budget || budget.TryWithdraw()) return true;
        Instruments.Resilience.CountRefusedRetry();
        return false;
    }

    /// <summary>After which time without an answer another server is asked; null for never.</summary>
    public TimeSpan? HedgeDelay(HedgePolicy hedge)
    {
        if (hedge.Percentile is not { } percentile) return hedge.Delay;
        long ticks = GetLatencies(percentile).Read(Stopwatch.GetTimestamp());
        if (ticks < 0) return null;
        TimeSpan delay = Stopwatch.GetElapsedTime(0, ticks);
        return delay > hedge.MinDelay ? delay : hedge.MinDelay;
    }

    /// <summary>The call to a server is over.</summary>
    /// <param name="node">The server, where the call was begun.</param>
    /// <param name="pass">What it was begun with.</param>
    /// <param name="started">When, as <see cref="Stopwatch.GetTimestamp"/> has it.</param>
    /// <param name="error">What it failed with; null for nothing.</param>
    public void Mark(Node node, CircuitPass pass, long started, Exception? error)
    {
        if (error is null && _isOneWay)
        {
            // That it was written says nothing about the server, nor does how long that took.
            Mark(node, pass, elapsed: -1, CallOutcome.None);
            return;
        }

        long now = Stopwatch.GetTimestamp();
        long elapsed = now - started;
        CallOutcome outcome = CallOutcomes.Of(error);
        Service.Selector.Mark(node.State, elapsed, outcome, now);
        _breakers?.Record(node, pass, outcome);
        if (error is not null) return;
        foreach ((_, LatencyQuantile latencies) in _quantiles) latencies.Record(elapsed);
    }

    /// <summary>The call to a server is over, by its caller's own reckoning.</summary>
    /// <param name="node">The server, where the call was begun.</param>
    /// <param name="pass">What it was begun with.</param>
    /// <param name="elapsed">How long it took; negative when that says nothing.</param>
    /// <param name="outcome">How it ended.</param>
    public void Mark(Node node, CircuitPass pass, long elapsed, CallOutcome outcome)
    {
        Service.Selector.Mark(node.State, elapsed, outcome);
        _breakers?.Record(node, pass, outcome);
    }

    private LatencyQuantile GetLatencies(double percentile)
    {
        foreach ((double known, LatencyQuantile latencies) in _quantiles)
        {
            if (known == percentile) return latencies;
        }

        lock (_gate)
        {
            foreach ((double known, LatencyQuantile latencies) in _quantiles)
            {
                if (known == percentile) return latencies;
            }

            LatencyQuantile added = new(percentile, Stopwatch.GetTimestamp());
            _quantiles = [.. _quantiles, (percentile, added)];
            return added;
        }
    }
}
