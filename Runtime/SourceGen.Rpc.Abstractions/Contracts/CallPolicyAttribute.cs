namespace SourceGen.Rpc;

/// <summary>
/// Says how calls of a method of a <see cref="ServiceAttribute">[Service]</see> interface, or of each of its methods, are made where clients
/// do not say otherwise: to which servers, and what is done when one fails. The method's own goes before that of the interface that declares
/// it, and that before the service's. It is a default for clients and nothing that goes over the wire: changing it changes no contract.
/// </summary>
/// <remarks>
/// A policy that might run a call twice compiles only for methods with <see cref="MethodAttribute.Idempotent"/>. docs/policies.md has all
/// rules.
/// </remarks>
/// <example>
/// <code>
/// [CallPolicy(CallStrategy.Failover, Retries = 3, AttemptTimeoutMs = 200)]
/// [Method(Idempotent = true)]
/// ValueTask&lt;Price&gt; PriceAsync(string article);
/// </code>
/// </example>
/// <param name="strategy">Which servers a call is sent to.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Interface, Inherited = false)]
public sealed class CallPolicyAttribute(CallStrategy strategy = CallStrategy.Failover) : Attribute
{
    /// <summary>Which servers a call is sent to. Default: <see cref="CallStrategy.Failover"/>.</summary>
    public CallStrategy Strategy { get; } = strategy;

    /// <summary>See <see cref="RpcCallPolicy.Retries"/>. Default: the strategy's own.</summary>
    public int Retries { get; set; } = -1;

    /// <summary>See <see cref="RpcCallPolicy.Forks"/>. Default: 2 with <see cref="CallStrategy.Forking"/>.</summary>
    public int Forks { get; set; } = -1;

    /// <summary>See <see cref="BackoffPolicy.Initial"/>, in milliseconds. Default: 25, or 1,000 with <see cref="CallStrategy.Failback"/>.</summary>
    public int InitialBackoffMs { get; set; } = -1;

    /// <summary>See <see cref="BackoffPolicy.Max"/>, in milliseconds. Default: 1,000, or 60,000 with <see cref="CallStrategy.Failback"/>.</summary>
    public int MaxBackoffMs { get; set; } = -1;

    /// <summary>See <see cref="RpcCallPolicy.AttemptTimeout"/>, in milliseconds. Default: none.</summary>
    public int AttemptTimeoutMs { get; set; } = -1;

    /// <summary>See <see cref="RpcCallPolicy.RetryOn"/>. Default: all.</summary>
    public RetryConditions RetryOn { get; set; } = RetryConditions.All;

    /// <summary>See <see cref="RpcCallPolicy.RetryCodes"/>. Default: none.</summary>
    public RpcStatusCode[]? RetryCodes { get; set; }

    /// <summary>
    /// Begins another attempt after so many milliseconds without an answer (<see cref="HedgePolicy.Delay"/>). Default: not. Either this or
    /// <see cref="HedgePercentile"/>.
    /// </summary>
    public int HedgeDelayMs { get; set; } = -1;

    /// <summary>
    /// Begins another attempt when this part of the calls would have been answered, such as 0.95 (<see cref="HedgePolicy.Percentile"/>).
    /// Default: not.
    /// </summary>
    public double HedgePercentile { get; set; }

    /// <summary>See <see cref="HedgePolicy.MinDelay"/>, in milliseconds. Default: 1. Only with <see cref="HedgePercentile"/>.</summary>
    public int HedgeMinDelayMs { get; set; } = -1;

    /// <summary>See <see cref="HedgePolicy.MaxHedges"/>. Default: 1, when one of the above is set.</summary>
    public int MaxHedges { get; set; } = -1;
}
