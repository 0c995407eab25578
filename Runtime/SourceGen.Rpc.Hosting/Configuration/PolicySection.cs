namespace SourceGen.Rpc.Hosting.Configuration;

/// <summary>What each key of a client's section <c>Policy</c> sets, and of each section under <c>Policies</c>.</summary>
internal static class PolicySection
{
    /// <summary>Reads a section that says how calls are made; what it does not say is as the strategy has it.</summary>
    /// <param name="reader">The section.</param>
    /// <param name="set">Takes the policy; throws <see cref="ArgumentException"/> when it contradicts itself.</param>
    public static void Read(SectionReader reader, Action<RpcCallPolicy> set)
    {
        RpcCallPolicy policy = RpcCallPolicy.Default;
        reader.Choice<CallStrategy>("Strategy", value => Try(() => policy = policy with { Strategy = value }));
        reader.Count("Retries", value => Try(() => policy = policy with { Retries = value }));
        reader.Count("Forks", value => Try(() => policy = policy with { Forks = value }));
        reader.Duration("AttemptTimeout", value => Try(() => policy = policy with { AttemptTimeout = value }));
        if (ReadWords<RetryConditions>(reader, "RetryOn") is { } conditions)
            Try(() => policy = policy with { RetryOn = conditions.Aggregate(RetryConditions.None, static (all, one) => all | one) });
        if (ReadWords<RpcStatusCode>(reader, "RetryCodes") is { } codes) Try(() => policy = policy with { RetryCodes = codes });
        reader.OptionalSection("Backoff", backoff =>
        {
            BackoffPolicy waits = policy.Backoff;
            backoff.Duration("Initial", value => Try(() => waits = waits with { Initial = value }, backoff));
            backoff.Duration("Max", value => Try(() => waits = waits with { Max = value }, backoff));
            policy = policy with { Backoff = waits };
        });
        reader.OptionalSection("Hedge", hedge => ReadHedge(hedge, value => policy = policy with { Hedge = value }));
        reader.OptionalSection("Budget", budget => policy = policy with { Budget = ReadBudget(budget) });
        Try(() => set(policy));

        void Try(Action action, SectionReader? inner = null) => Attempt(inner ?? reader, action);
    }

    private static void ReadHedge(SectionReader reader, Action<HedgePolicy> set)
    {
        TimeSpan? delay = null;
        double? percentile = null;
        TimeSpan? minDelay = null;
        int maxHedges = 1;
        reader.Duration("Delay", value => delay = value);
        reader.Number("Percentile", value => percentile = value);
        reader.Duration("MinDelay", value => minDelay = value);
        reader.Count("MaxHedges", value => maxHedges = value);
        if (delay is null == percentile is null) reader.Complain("Set Delay, such as 20ms, or Percentile, such as 0.95; one of the two.");
        else if (delay is not null && minDelay is not null) reader.Complain("MinDelay is the least that Percentile may come to; leave it out with Delay.");
        else
        {
            Attempt(reader, () => set(delay is { } time
                ? HedgePolicy.After(time, maxHedges)
                : HedgePolicy.AtPercentile(percentile!.Value, minDelay, maxHedges)));
        }
    }

    private static RetryBudgetPolicy? ReadBudget(SectionReader reader)
    {
        RetryBudgetPolicy budget = RetryBudgetPolicy.Default;
        bool isUnlimited = false;
        reader.Number("Ratio", value => Attempt(reader, () => budget = budget with { Ratio = value }));
        reader.Number("MinPerSecond", value => Attempt(reader, () => budget = budget with { MinPerSecond = value }));
        reader.Switch("Unlimited", value => isUnlimited = value);
        return isUnlimited ? null : budget;
    }

    /// <summary>Reads a list of an enumeration's words; null when the key is not there, or one is none of them.</summary>
    private static List<TEnum>? ReadWords<TEnum>(SectionReader reader, string key)
        where TEnum : struct, Enum
    {
        List<TEnum>? words = null;
        bool isRight = true;
        reader.List(key, text =>
        {
            words ??= [];
            string[] names = Enum.GetNames<TEnum>();
            if (names.Contains(text, StringComparer.OrdinalIgnoreCase))
            {
                words.Add(Enum.Parse<TEnum>(text, ignoreCase: true));
                return;
            }

            isRight = false;
            reader.Complain($"{key} has '{text}'; it must be made of {string.Join(", ", names)}.");
        });
        return isRight ? words : null;
    }

    private static void Attempt(SectionReader reader, Action action)
    {
        try
        {
            action();
        }
        catch (ArgumentException e)
        {
            reader.Complain(e.Message);
        }
    }
}
