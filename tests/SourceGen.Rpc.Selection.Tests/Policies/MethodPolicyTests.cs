using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Policies;
using SourceGen.Rpc.Selection.Tests.Support;

namespace SourceGen.Rpc.Selection.Tests.Policies;

public sealed class MethodPolicyTests
{
    private static readonly RpcCallPolicy s_one = new() { Retries = 11 };
    private static readonly RpcCallPolicy s_other = new() { Retries = 12 };

    [Fact]
    public void Generated_contracts_carry_what_their_attributes_say()
    {
        Assert.Equal(RpcCallPolicy.Failfast, Method("Plain").Policy);
        Assert.Equal(new RpcCallPolicy { Retries = 5 }, Method("Said").Policy);
        Assert.Null(ContractOf<ISilent>().Methods[0].Policy);
        RpcCallPolicy back = Method("Back").Policy!;
        Assert.Equal((CallStrategy.Failback, 4), (back.Strategy, back.Retries));
        Assert.Equal(BackoffPolicy.Background with { Initial = TimeSpan.FromSeconds(2) }, back.Backoff);
        RpcCallPolicy hedged = Method("Hedged").Policy!;
        Assert.Equal(HedgePolicy.AtPercentile(0.95, TimeSpan.FromMilliseconds(5), 2), hedged.Hedge);
        Assert.Equal(TimeSpan.FromMilliseconds(200), hedged.AttemptTimeout);
        Assert.Equal([RpcStatusCode.Aborted], hedged.RetryCodes);
    }

    [Fact]
    public void A_policy_is_no_part_of_the_schema()
    {
        string schema = ContractOf<IPolicies>().Schema;
        Assert.Contains("method Hedged() -> void", schema, StringComparison.Ordinal);
        Assert.DoesNotContain("Fail", schema, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("200", schema, StringComparison.Ordinal);
    }

    /// <summary>Takes away the nearest, again and again.</summary>
    [Fact]
    public void The_nearest_has_the_say()
    {
        RpcCallPolicy[] policies = [.. Enumerable.Range(20, 6).Select(static retries => new RpcCallPolicy { Retries = retries })];
        RpcClientOptions options = new() { Policy = policies[5] };
        options.Policies.Set<IPolicies>(policies[4]);
        options.Policies.Set<IPolicies>(policies[3], "Said");
        RpcCallOptions proxy = new() { Policy = policies[2] };
        MethodPolicy near = new(Method("Said"), options, proxy);
        using (RpcCallScope.Begin(new RpcCallOptions { Policy = policies[1] }))
        {
            using (RpcCallScope.Begin(new RpcCallOptions { Policy = policies[0] })) Assert.Same(policies[0], near.Current);
            using (RpcCallScope.Begin(new RpcCallOptions { Timeout = TimeSpan.FromMinutes(1) })) Assert.Same(policies[1], near.Current);
            Assert.Same(policies[1], near.Current);
        }

        Assert.Same(policies[2], near.Current);
        Assert.Same(policies[3], new MethodPolicy(Method("Said"), options, new RpcCallOptions()).Current);
        Assert.Same(policies[4], new MethodPolicy(Method("Plain"), options, proxy: null).Current);
        Assert.Same(Method("Said").Policy, new MethodPolicy(Method("Said"), new RpcClientOptions { Policy = policies[5] }, proxy: null).Current);
        RpcMethod silent = ContractOf<ISilent>().Methods[0];
        Assert.Same(policies[5], new MethodPolicy(silent, options, proxy: null).Current);
        Assert.Same(RpcCallPolicy.Default, new MethodPolicy(silent, new RpcClientOptions(), proxy: null).Current);
    }

    [Fact]
    public void What_a_scope_says_ends_with_it()
    {
        MethodPolicy policy = new(Method("Plain"), new RpcClientOptions { }, new RpcCallOptions { Policy = s_one });
        RpcCallScope outer = RpcCallScope.Begin(new RpcCallOptions { Policy = s_other });
        RpcCallScope inner = RpcCallScope.Begin(new RpcCallOptions());
        Assert.Same(s_other, policy.Current);
        outer.Dispose();
        Assert.Same(s_one, policy.Current);
        inner.Dispose();
    }

    [Fact]
    public void What_owners_change_later_reaches_no_call()
    {
        RpcCallOptions options = new() { Policy = s_one };
        using RpcCallScope scope = RpcCallScope.Begin(options);
        options.Policy = s_other;
        Assert.Same(s_one, new MethodPolicy(Method("Plain"), new RpcClientOptions(), proxy: null).Current);
    }

    [Fact]
    public void Finding_the_policy_of_a_call_allocates_nothing()
    {
        MethodPolicy policy = new(Method("Plain"), new RpcClientOptions(), proxy: null);
        using RpcCallScope outer = RpcCallScope.Begin(new RpcCallOptions { Policy = s_one });
        using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions { Timeout = TimeSpan.FromMinutes(1) });
        Assert.Same(s_one, policy.Current);
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int i = 0; i < 1000; i++) _ = policy.Current;
        }));
    }

    public static TheoryData<string, RpcCallPolicy, string> Unfit => new()
    {
        { "Plain", RpcCallPolicy.Forking, "it is not idempotent, and Forking runs each call on 2 servers at once" },
        { "Plain", RpcCallPolicy.Failback, "it is not idempotent, and Failback repeats calls that may have run" },
        { "Plain", new() { Hedge = HedgePolicy.After(TimeSpan.Zero) }, "it is not idempotent, and hedging" },
        { "Plain", new() { AttemptTimeout = TimeSpan.FromSeconds(1) }, "it is not idempotent, and AttemptTimeout" },
        { "Plain", new() { RetryCodes = [RpcStatusCode.Aborted] }, "it is not idempotent, and RetryCodes" },
        { "OneWay", RpcCallPolicy.Forking, "a one-way method has no reply, and Forking" },
        { "OneWay", new() { Hedge = HedgePolicy.After(TimeSpan.Zero) }, "a one-way method has no reply, and hedging" },
        { "OneWay", new() { AttemptTimeout = TimeSpan.FromSeconds(1) }, "a one-way method has no reply, and AttemptTimeout" },
        { "OneWay", new() { RetryCodes = [RpcStatusCode.Aborted] }, "a one-way method has no reply, and RetryCodes" },
        { "Stream", RpcCallPolicy.Forking, "the method has a stream, and Forking" },
        { "Stream", RpcCallPolicy.Broadcast, "the method has a stream, and Broadcast" },
        { "Stream", RpcCallPolicy.Failsafe, "the method has a stream, and Failsafe" },
        { "Stream", RpcCallPolicy.Failback, "the method has a stream, and Failback" },
        { "Stream", new() { Hedge = HedgePolicy.After(TimeSpan.Zero) }, "the method has a stream, and hedging" },
        { "Stream", new() { AttemptTimeout = TimeSpan.FromSeconds(1) }, "the method has a stream, and AttemptTimeout" },
        { "Stream", new() { RetryCodes = [RpcStatusCode.Aborted] }, "the method has a stream, and RetryCodes" },
        { "Idempotent", RpcCallPolicy.Failsafe, "Failsafe gives the caller of a failed call the default value, and the method's result cannot be null" },
        { "Idempotent", RpcCallPolicy.Failback, "Failback gives the caller of a failed call the default value, and the method's result cannot be null" },
    };

    [Theory]
    [MemberData(nameof(Unfit), DisableDiscoveryEnumeration = true)]
    public void A_policy_that_does_not_fit_the_method_is_refused_wherever_it_is_said(string method, RpcCallPolicy policy, string reason)
    {
        RpcMethod of = Method(method);
        RpcClientOptions options = new();
        options.Policies.Set<IPolicies>(policy, method);
        Refuses("the client's options for the method", () => new MethodPolicy(of, options, proxy: null).Current);
        Refuses("its proxy's options", () => new MethodPolicy(of, new RpcClientOptions(), new RpcCallOptions { Policy = policy }).Current);
        RpcClientOptions common = new();
        common.Policies.Set("Shop.Policies", policy);
        Refuses("the client's options for the service", () => new MethodPolicy(of, common, proxy: null).Current);
        MethodPolicy fitting = new(of, new RpcClientOptions(), proxy: null);
        using RpcCallScope scope = RpcCallScope.Begin(new RpcCallOptions { Policy = policy });
        for (int i = 0; i < 2; i++) Refuses("the RpcCallScope that it is called in", () => fitting.Current);

        void Refuses(string said, Func<object> action)
        {
            string message = Assert.Throws<InvalidOperationException>(action).Message;
            Assert.StartsWith($"Shop.Policies/{method} cannot be called by the policy {policy}, which comes from {said}: {reason}", message, StringComparison.Ordinal);
            Assert.Contains($"options.Policies.Set(\"Shop.Policies/{method}\"", message, StringComparison.Ordinal);
        }
    }

    public static TheoryData<string, RpcCallPolicy> Fit => new()
    {
        { "Plain", new() { Retries = 50 } },
        { "Plain", RpcCallPolicy.ZoneAware },
        { "Plain", RpcCallPolicy.Failsafe },
        { "Plain", RpcCallPolicy.Broadcast },
        { "Plain", new() { AttemptTimeout = TimeSpan.FromSeconds(1), Retries = 0 } },
        { "Plain", new() { AttemptTimeout = TimeSpan.FromSeconds(1), RetryOn = RetryConditions.Unavailable } },
        { "Plain", new() { RetryCodes = [RpcStatusCode.Aborted], Retries = 0 } },
        { "Idempotent", RpcCallPolicy.Forking },
        { "Idempotent", new() { Hedge = HedgePolicy.After(TimeSpan.Zero), AttemptTimeout = TimeSpan.FromSeconds(1), RetryCodes = [RpcStatusCode.Aborted] } },
        { "OneWay", RpcCallPolicy.Broadcast },
        { "OneWay", RpcCallPolicy.Failback },
        { "OneWay", RpcCallPolicy.Failsafe },
        { "Stream", RpcCallPolicy.Available },
        { "Stream", RpcCallPolicy.ZoneAware },
        { "Back", RpcCallPolicy.Failsafe },
    };

    [Theory]
    [MemberData(nameof(Fit), DisableDiscoveryEnumeration = true)]
    public void A_policy_that_fits_is_followed(string method, RpcCallPolicy policy) =>
        Assert.Same(policy, new MethodPolicy(Method(method), new RpcClientOptions(), new RpcCallOptions { Policy = policy }).Current);

    [Fact]
    public void Names_that_mean_nothing_are_refused_with_those_that_do()
    {
        RpcClientOptions options = new();
        ArgumentException unknown = Assert.Throws<ArgumentException>(() => options.Policies.Set<ISilent>(s_one, "Plane"));
        Assert.Contains("Shop.Silent has no method 'Plane'; it has Plain.", unknown.Message, StringComparison.Ordinal);
        options.Policies.Set("Shop.Silent/Plane", s_one).Set("Shop.Other/Plane", s_one);
        InvalidOperationException late = Assert.Throws<InvalidOperationException>(
            () => new MethodPolicy(ContractOf<ISilent>().Methods[0], options, proxy: null));
        Assert.Equal("Policies has 'Shop.Silent/Plane': Shop.Silent has no method 'Plane'; it has Plain.", late.Message);
        RpcClientOptions shouting = new();
        shouting.Policies.Set("SHOP.SILENT", s_one);
        late = Assert.Throws<InvalidOperationException>(() => new MethodPolicy(ContractOf<ISilent>().Methods[0], shouting, proxy: null));
        Assert.Contains("Policies has 'SHOP.SILENT': the service is called Shop.Silent", late.Message, StringComparison.Ordinal);
    }

    private static RpcContract ContractOf<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract;

    private static RpcMethod Method(string name) => ContractOf<IPolicies>().Methods.Single(method => method.Name == name);
}
