namespace SourceGen.Rpc.Selection.Tests.Policies;

public sealed class RpcCallPolicyTests
{
    [Fact]
    public void Defaults_are_those_of_the_strategy()
    {
        Assert.Equal((CallStrategy.Failover, 2), (RpcCallPolicy.Default.Strategy, RpcCallPolicy.Default.Retries));
        Assert.Equal(2, RpcCallPolicy.ZoneAware.Retries);
        Assert.Equal(3, RpcCallPolicy.Failback.Retries);
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60)), (RpcCallPolicy.Failback.Backoff.Initial, RpcCallPolicy.Failback.Backoff.Max));
        Assert.Equal(2, RpcCallPolicy.Forking.Forks);
        foreach (RpcCallPolicy once in (RpcCallPolicy[])
            [RpcCallPolicy.Failfast, RpcCallPolicy.Failsafe, RpcCallPolicy.Forking, RpcCallPolicy.Broadcast, RpcCallPolicy.Available])
        {
            Assert.Equal(0, once.Retries);
            _ = new RpcCallOptions { Policy = once };
        }

        // What was not said follows the strategy; what was said stays.
        Assert.Equal(3, (RpcCallPolicy.Default with { Strategy = CallStrategy.Failback }).Retries);
        Assert.Equal(7, (new RpcCallPolicy { Retries = 7 } with { Strategy = CallStrategy.Failback }).Retries);
        Assert.Equal(RpcCallPolicy.Failfast, new RpcCallPolicy { Strategy = CallStrategy.Failfast });
        Assert.NotEqual(RpcCallPolicy.Default, RpcCallPolicy.Default with { RetryCodes = [RpcStatusCode.Aborted] });
        Assert.Equal(new RpcCallPolicy { RetryCodes = [RpcStatusCode.Aborted] }, new RpcCallPolicy { RetryCodes = [RpcStatusCode.Aborted] });
    }

    public static TheoryData<Action, string> OutOfRange => new()
    {
        { static () => _ = new RpcCallPolicy { Strategy = (CallStrategy)8 }, "Strategy is 8; it must be one of the strategies" },
        { static () => _ = new RpcCallPolicy { Retries = -1 }, "Retries is -1; it must be from 0 to 100." },
        { static () => _ = new RpcCallPolicy { Retries = 101 }, "Retries is 101; it must be from 0 to 100." },
        { static () => _ = new RpcCallPolicy { Forks = 1 }, "Forks is 1; it must be from 2 to 100." },
        { static () => _ = new RpcCallPolicy { AttemptTimeout = TimeSpan.Zero }, "AttemptTimeout is 00:00:00; it must be from 1 ms to a day." },
        { static () => _ = new RpcCallPolicy { RetryOn = (RetryConditions)16 }, "RetryOn is 16; it must be made of Unavailable" },
        { static () => _ = new RpcCallPolicy { RetryCodes = [RpcStatusCode.Aborted, RpcStatusCode.OK] }, "RetryCodes has OK" },
        { static () => _ = new RpcCallPolicy { RetryCodes = [RpcStatusCode.Cancelled] }, "RetryCodes has Cancelled" },
        { static () => _ = new RpcCallPolicy { RetryCodes = [(RpcStatusCode)17] }, "RetryCodes has 17" },
        { static () => _ = new BackoffPolicy { Initial = TimeSpan.FromSeconds(-1) }, "Initial is -00:00:01; it must be from zero to a day." },
        { static () => _ = new BackoffPolicy { Max = TimeSpan.FromDays(2) }, "Max is 2.00:00:00; it must be from zero to a day." },
        { static () => HedgePolicy.After(TimeSpan.FromDays(2)), "Delay is 2.00:00:00; it must be from zero to a day." },
        { static () => HedgePolicy.After(TimeSpan.Zero, maxHedges: 0), "MaxHedges is 0; it must be from 1 to 10." },
        { static () => HedgePolicy.AtPercentile(95), "Percentile is 95; it must be from 0.5 to 0.999." },
        { static () => HedgePolicy.AtPercentile(double.NaN), "Percentile is NaN" },
        { static () => _ = new RetryBudgetPolicy { Ratio = -0.1 }, "Ratio is -0.1; it must be from 0 to 10." },
        { static () => _ = new RetryBudgetPolicy { MinPerSecond = double.NaN }, "MinPerSecond is NaN; it must be from 0 to 1,000,000." },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void What_is_out_of_range_is_refused_with_its_name_its_value_and_the_range(Action action, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);

    public static TheoryData<RpcCallPolicy, string> Contradicting => new()
    {
        { RpcCallPolicy.Failfast with { Retries = 1 }, "Retries is 1, and Failfast sends a call once" },
        { RpcCallPolicy.Broadcast with { Retries = 1 }, "Retries is 1, and Broadcast" },
        { RpcCallPolicy.Failback with { Retries = 0 }, "Retries is 0, and Failback is for repeating" },
        { RpcCallPolicy.Default with { Forks = 2 }, "Forks is 2, and Failover does not fork" },
        { RpcCallPolicy.Failfast with { AttemptTimeout = TimeSpan.FromSeconds(1) }, "AttemptTimeout is 00:00:01, and Failfast" },
        { RpcCallPolicy.Failsafe with { RetryCodes = [RpcStatusCode.Aborted] }, "RetryCodes has Aborted, and Failsafe does not repeat" },
        { RpcCallPolicy.Forking with { Hedge = HedgePolicy.After(TimeSpan.Zero) }, "Hedge is set, and Forking does not hedge" },
        { RpcCallPolicy.Default with { Backoff = new BackoffPolicy { Initial = TimeSpan.FromSeconds(9) } }, "Backoff.Max is 00:00:01 and Backoff.Initial is 00:00:09" },
    };

    [Theory]
    [MemberData(nameof(Contradicting), DisableDiscoveryEnumeration = true)]
    public void What_contradicts_the_strategy_is_refused_wherever_it_is_said(RpcCallPolicy policy, string message)
    {
        RpcClientOptions options = new() { Address = "tcp://127.0.0.1:1", Policy = policy };
        Assert.StartsWith($"Policy: {message}", Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => new RpcCallOptions { Policy = policy }).Message, StringComparison.Ordinal);
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => options.Policies.Set("Shop.Greeter", policy)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_says_in_messages_what_was_said_of_it()
    {
        Assert.Equal("Failover", RpcCallPolicy.Default.ToString());
        Assert.Equal("Forking (Forks 3)", (RpcCallPolicy.Forking with { Forks = 3 }).ToString());
        Assert.Equal(
            "Failover (Retries 5; AttemptTimeout 1.5 ms; RetryOn Unavailable, Lost; RetryCodes Aborted; MaxHedges 1)",
            new RpcCallPolicy
            {
                Retries = 5,
                AttemptTimeout = TimeSpan.FromMilliseconds(1.5),
                RetryOn = RetryConditions.Unavailable | RetryConditions.Lost,
                RetryCodes = [RpcStatusCode.Aborted],
                Hedge = HedgePolicy.After(TimeSpan.Zero),
            }.ToString());
    }
}
