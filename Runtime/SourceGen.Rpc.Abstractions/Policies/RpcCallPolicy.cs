using System.Globalization;

namespace SourceGen.Rpc;

/// <summary>
/// Which servers a call is sent to, and what is done when one fails. It can be said in the contract (<c>[CallPolicy]</c>), in a client's
/// options, for a proxy and for a call; the nearest is taken as a whole. Immutable; <c>RpcCallPolicy.Default with { Retries = 5 }</c> makes
/// another one. docs/policies.md has the order and the rules.
/// </summary>
public sealed record RpcCallPolicy
{
    private const int MaxRetries = 100;
    private const int MaxForks = 100;

    private readonly CallStrategy _strategy;
    private readonly int? _retries;
    private readonly int? _forks;
    private readonly BackoffPolicy? _backoff;
    private readonly TimeSpan? _attemptTimeout;
    private readonly RetryConditions _retryOn = RetryConditions.All;
    private readonly uint _retryCodes;

    /// <summary>Failover to other servers, 2 times at most: what holds when nobody says anything.</summary>
    public static RpcCallPolicy Default { get; } = new();

    /// <summary><see cref="CallStrategy.Failfast"/>.</summary>
    public static RpcCallPolicy Failfast { get; } = new() { Strategy = CallStrategy.Failfast };

    /// <summary><see cref="CallStrategy.Failsafe"/>.</summary>
    public static RpcCallPolicy Failsafe { get; } = new() { Strategy = CallStrategy.Failsafe };

    /// <summary><see cref="CallStrategy.Failback"/>, with 3 repetitions.</summary>
    public static RpcCallPolicy Failback { get; } = new() { Strategy = CallStrategy.Failback };

    /// <summary><see cref="CallStrategy.Forking"/> to 2 servers.</summary>
    public static RpcCallPolicy Forking { get; } = new() { Strategy = CallStrategy.Forking };

    /// <summary><see cref="CallStrategy.Broadcast"/>.</summary>
    public static RpcCallPolicy Broadcast { get; } = new() { Strategy = CallStrategy.Broadcast };

    /// <summary><see cref="CallStrategy.Available"/>.</summary>
    public static RpcCallPolicy Available { get; } = new() { Strategy = CallStrategy.Available };

    /// <summary><see cref="CallStrategy.ZoneAware"/>, with 2 repetitions.</summary>
    public static RpcCallPolicy ZoneAware { get; } = new() { Strategy = CallStrategy.ZoneAware };

    /// <summary>Which servers a call is sent to. Default: <see cref="CallStrategy.Failover"/>.</summary>
    /// <exception cref="ArgumentException">It is none of the strategies.</exception>
    public CallStrategy Strategy
    {
        get => _strategy;
        init => _strategy = value is >= CallStrategy.Failover and <= CallStrategy.ZoneAware
            ? value
            : throw new ArgumentException($"{nameof(Strategy)} is {(int)value}; it must be one of the strategies, from Failover to ZoneAware.");
    }

    /// <summary>
    /// How many attempts there may be after the first; 0 is a single attempt. Default: 2 with <see cref="CallStrategy.Failover"/> and
    /// <see cref="CallStrategy.ZoneAware"/>, 3 with <see cref="CallStrategy.Failback"/>; the others make a single attempt.
    /// </summary>
    /// <exception cref="ArgumentException">It is not from 0 to 100.</exception>
    public int Retries
    {
        get => _retries ?? (Repeats ? 2 : _strategy == CallStrategy.Failback ? 3 : 0);
        init => _retries = PolicyRange.Count(value, nameof(Retries), 0, MaxRetries);
    }

    /// <summary>To how many servers <see cref="CallStrategy.Forking"/> sends a call at once; fewer when there are fewer. Default: 2.</summary>
    /// <exception cref="ArgumentException">It is not from 2 to 100.</exception>
    public int Forks
    {
        get => _forks ?? (_strategy == CallStrategy.Forking ? 2 : 1);
        init => _forks = PolicyRange.Count(value, nameof(Forks), 2, MaxForks);
    }

    /// <summary>
    /// How long to wait before an attempt after the first. A call that never left this process, or that a server refused because it is
    /// shutting down, goes on to another server without a wait. Default: <see cref="BackoffPolicy.Default"/>, with
    /// <see cref="CallStrategy.Failback"/> <see cref="BackoffPolicy.Background"/>.
    /// </summary>
    public BackoffPolicy Backoff
    {
        get => _backoff ?? (_strategy == CallStrategy.Failback ? BackoffPolicy.Background : BackoffPolicy.Default);
        init => _backoff = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>
    /// How long one attempt may take; the next one begins then, if <see cref="RetryOn"/> says so and the method is idempotent. The call's own
    /// limit holds for all attempts together. Null, the default, for no other limit.
    /// </summary>
    /// <exception cref="ArgumentException">It is not from 1 ms to a day.</exception>
    public TimeSpan? AttemptTimeout
    {
        get => _attemptTimeout;
        init => _attemptTimeout = value is { } time
            ? PolicyRange.Time(time, nameof(AttemptTimeout), TimeSpan.FromMilliseconds(1))
            : null;
    }

    /// <summary>After which failures of the way to the server a call is repeated. Default: all.</summary>
    /// <exception cref="ArgumentException">It is not made of the conditions there are.</exception>
    public RetryConditions RetryOn
    {
        get => _retryOn;
        init => _retryOn = (value & ~RetryConditions.All) == 0
            ? value
            : throw new ArgumentException($"{nameof(RetryOn)} is {(int)value}; it must be made of Unavailable, Overload, Lost and Timeout.");
    }

    /// <summary>
    /// With which codes a handler says that the call is to be repeated, such as <see cref="RpcStatusCode.Aborted"/>. For idempotent methods
    /// only. Default: none, an answer is an answer.
    /// </summary>
    /// <exception cref="ArgumentException">One of them is no error, or none of the codes.</exception>
    public IReadOnlyList<RpcStatusCode> RetryCodes
    {
        get
        {
            List<RpcStatusCode> codes = [];
            for (int code = 0; code < 32; code++)
            {
                if ((_retryCodes & (1u << code)) != 0) codes.Add((RpcStatusCode)code);
            }

            return codes;
        }
        init
        {
            uint mask = 0;
            foreach (RpcStatusCode code in value ?? throw new ArgumentNullException(nameof(value)))
            {
                if (code is <= RpcStatusCode.Cancelled or > RpcStatusCode.Unauthenticated)
                {
                    throw new ArgumentException(
                        $"{nameof(RetryCodes)} has {code}; it must be made of the errors that a handler answers with, such as Aborted.");
                }

                mask |= 1u << (int)code;
            }

            _retryCodes = mask;
        }
    }

    /// <summary>Sends a slow call again before it was answered. Null, the default, for not.</summary>
    public HedgePolicy? Hedge { get; init; }

    /// <summary>
    /// How many repetitions there may be in relation to all calls; null for as many as the calls ask for. Default:
    /// <see cref="RetryBudgetPolicy.Default"/>.
    /// </summary>
    public RetryBudgetPolicy? Budget { get; init; } = RetryBudgetPolicy.Default;

    /// <summary>Whether a failed call goes on to another server while its caller waits.</summary>
    internal bool Repeats => _strategy is CallStrategy.Failover or CallStrategy.ZoneAware;

    /// <summary>Whether there is a code of <see cref="RetryCodes"/>.</summary>
    internal bool HasRetryCodes => _retryCodes != 0;

    /// <summary>What is said, for messages: <c>Forking (Forks 3)</c>.</summary>
    public override string ToString()
    {
        List<string> said = [];
        if (_retries is { } retries) said.Add($"Retries {retries}");
        if (_forks is { } forks) said.Add($"Forks {forks}");
        if (_attemptTimeout is { } time) said.Add(string.Format(CultureInfo.InvariantCulture, "AttemptTimeout {0:0.###} ms", time.TotalMilliseconds));
        if (_retryOn != RetryConditions.All) said.Add($"RetryOn {_retryOn}");
        if (HasRetryCodes) said.Add($"RetryCodes {string.Join(", ", RetryCodes)}");
        if (Hedge is not null) said.Add($"MaxHedges {Hedge.MaxHedges}");
        return said.Count == 0 ? Strategy.ToString() : $"{Strategy} ({string.Join("; ", said)})";
    }

    /// <summary>Whether <see cref="RetryCodes"/> has a code; without an allocation.</summary>
    internal bool RetriesAnswer(RpcStatusCode code) => code is >= 0 and < (RpcStatusCode)32 && (_retryCodes & (1u << (int)code)) != 0;

    /// <exception cref="ArgumentException">Two of its values contradict each other; the message names them.</exception>
    internal void Validate()
    {
        Backoff.Validate();
        bool mayRepeat = Repeats || Strategy == CallStrategy.Failback;
        if (_retries > 0 && !mayRepeat) throw Contradiction($"{nameof(Retries)} is {_retries}", "sends a call once to each server");
        if (_retries == 0 && Strategy == CallStrategy.Failback)
            throw new ArgumentException($"{nameof(Retries)} is 0, and Failback is for repeating; set at least 1, or take Failsafe.");
        if (_forks is not null && Strategy != CallStrategy.Forking) throw Contradiction($"{nameof(Forks)} is {_forks}", "does not fork");
        if (_attemptTimeout is not null && !Repeats)
        {
            throw Contradiction(
                $"{nameof(AttemptTimeout)} is {_attemptTimeout}",
                "has no further attempt while its caller waits; set the call's own timeout");
        }

        if (HasRetryCodes && !mayRepeat) throw Contradiction($"{nameof(RetryCodes)} has {RetryCodes[0]}", "does not repeat");
        if (Hedge is not null && !Repeats)
            throw Contradiction($"{nameof(Hedge)} is set", "does not hedge; only Failover and ZoneAware do");
    }

    private ArgumentException Contradiction(string what, string why) => new($"{what}, and {Strategy} {why}: leave it out, or take another strategy.");
}
