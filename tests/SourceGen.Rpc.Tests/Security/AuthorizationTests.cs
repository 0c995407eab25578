using System.Security.Claims;
using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Security;

/// <summary>What methods ask of their callers, in every shape of call, and that arguments are not read of those who lack it.</summary>
public sealed class AuthorizationTests
{
    public static TheoryData<string> Shapes => ["unary", "down", "up", "sink", "through"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task A_stranger_s_arguments_are_not_read(string shape)
    {
        await using VaultHost host = await VaultHost.StartAsync("memory://");
        IVault vault = await host.GetAsync();
        Tripwire wire = Tripwire.New();
        Tripwire item = Tripwire.New();
        await Failing.WithAsync(RpcStatusCode.Unauthenticated, () => CallAsync(vault, shape, wire, item));
        Assert.Equal((false, false, 0), (wire.WasRead, item.WasRead, host.Vault.Runs));
        await host.AssertIdleAsync();
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task A_caller_without_the_role_is_denied_and_from_the_second_time_on_before_anything_is_read(string shape)
    {
        await using VaultHost host = await VaultHost.StartAsync("memory://");
        IVault vault = await host.GetAsync("ann+guest");
        Tripwire first = Tripwire.New();
        await Failing.WithAsync(RpcStatusCode.PermissionDenied, () => CallAsync(vault, shape, first, Tripwire.New()));
        if (shape is "unary" or "down") Assert.False(first.WasRead);
        Tripwire wire = Tripwire.New();
        Tripwire item = Tripwire.New();
        RpcException error = await Failing.WithAsync(RpcStatusCode.PermissionDenied, () => CallAsync(vault, shape, wire, item));
        Assert.Equal((false, false, 0), (wire.WasRead, item.WasRead, host.Vault.Runs));
        string missing = shape == "unary" ? "has none of the roles keeper, owner." : "does not have the role keeper.";
        Assert.EndsWith($"was refused: the caller {missing}", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, host.Server.Rejections.Denied);
        await host.AssertIdleAsync();
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task A_call_s_token_that_is_not_accepted_never_reaches_the_handler(string shape)
    {
        await using VaultHost host = await VaultHost.StartAsync("memory://");
        IVault vault = await host.GetAsync("wrong", perCall: true);
        Tripwire wire = Tripwire.New();
        await Failing.WithAsync(RpcStatusCode.Unauthenticated, () => CallAsync(vault, shape, wire, Tripwire.New()));
        Assert.Equal(0, host.Vault.Runs);
        if (shape is "unary" or "down") Assert.False(wire.WasRead);
        await host.AssertIdleAsync();
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task A_caller_with_the_role_is_served_and_known(string shape)
    {
        await using VaultHost host = await VaultHost.StartAsync("memory://");
        foreach (bool perCall in (bool[])[false, true])
        {
            IVault vault = await host.GetAsync("ann+keeper", perCall);
            for (int i = 0; i < 3; i++)
            {
                Tripwire wire = Tripwire.New();
                Assert.Equal("ann", await CallAsync(vault, shape, wire, Tripwire.New()).Soon());
                Assert.True(wire.WasRead);
            }
        }

        Assert.Equal(6, host.Vault.Runs);
        await host.AssertIdleAsync();
    }

    [Fact]
    public async Task One_way_calls_of_those_who_may_not_are_dropped_and_counted()
    {
        await using VaultHost host = await VaultHost.StartAsync("memory://");
        IVault stranger = await host.GetAsync();
        IVault guest = await host.GetAsync("bob+guest");
        IVault keeper = await host.GetAsync("ann+keeper", perCall: true);
        Tripwire[] wires = [Tripwire.New(), Tripwire.New(), Tripwire.New()];
        await stranger.NoteAsync(wires[0]).Soon();
        await guest.NoteAsync(wires[1]).Soon();
        await keeper.NoteAsync(wires[2]).Soon();
        await Until.TrueAsync(() => !host.Vault.Notes.IsEmpty, () => "the keeper's note did not arrive");
        await Until.TrueAsync(
            () => host.Server.Rejections is { Unauthenticated: 1, Denied: 1 },
            () => $"{host.Server.Rejections.Unauthenticated} and {host.Server.Rejections.Denied} calls were refused");
        await host.AssertIdleAsync();
        Assert.Equal(["ann"], host.Vault.Notes);
        Assert.Equal([false, false, true], wires.Select(static wire => wire.WasRead));
    }

    [Fact]
    public async Task One_of_the_roles_is_enough_and_all_attributes_count()
    {
        await using VaultHost host = await VaultHost.StartAsync("memory://");
        Assert.Equal("ann", await (await host.GetAsync("ann+owner")).OpenAsync(Tripwire.New()).Soon());
        Assert.Equal("bob18", await (await host.GetAsync("bob18")).BuyAsync(Tripwire.New()).Soon());
        await (await host.GetAsync("cid18+owner")).SellAsync().Soon();
        RpcException young = await Failing.WithAsync(RpcStatusCode.PermissionDenied, (await host.GetAsync("dan+owner")).SellAsync);
        Assert.Contains("does not fulfil the policy 'adult'", young.Message, StringComparison.Ordinal);
        await Failing.WithAsync(RpcStatusCode.PermissionDenied, (await host.GetAsync("eve18+keeper")).SellAsync);
    }

    [Fact]
    public async Task What_an_inherited_interface_asks_for_holds()
    {
        await using VaultHost host = await VaultHost.StartAsync("memory://");
        await Failing.WithAsync(RpcStatusCode.PermissionDenied, (await host.GetAsync("ann+keeper")).LockAsync);
        Assert.Equal("ann", await (await host.GetAsync("ann+owner")).LockAsync().Soon());
        Assert.Equal("nobody", await (await host.GetAsync()).KnockAsync().Soon());
    }

    [Fact]
    public async Task A_policy_is_asked_once_for_each_caller_and_method()
    {
        int asked = 0;
        await using VaultHost host = await VaultHost.StartAsync("memory://", options => options.Access
            .AddPolicy("counted", async (user, cancellationToken) =>
            {
                Interlocked.Increment(ref asked);
                await Task.Yield();
                return user.Identity!.Name == "ann";
            })
            .Require<IVault>("counted", methods: ["Who"]));
        IVault ann = await host.GetAsync("ann");
        IVault bob = await host.GetAsync("bob");
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("ann", await ann.WhoAsync().Soon());
            await Failing.WithAsync(RpcStatusCode.PermissionDenied, bob.WhoAsync);
        }

        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_policy_that_throws_or_never_ends_refuses_the_call_and_is_asked_again()
    {
        using Gate never = new();
        int attempt = 0;
        await using VaultHost host = await VaultHost.StartAsync("memory://", options =>
        {
            options.Access.CheckTimeout = TimeSpan.FromMilliseconds(50);
            options.Access.AddPolicy("moody", async (_, _) =>
            {
                int now = Interlocked.Increment(ref attempt);
                if (now == 1) throw new InvalidOperationException("in a bad mood");
                if (now == 2) await never.PassAsync();
                return true;
            }).Require<IVault>("moody", methods: ["Tests.Vault/Who"]);
        });
        IVault vault = await host.GetAsync("ann");
        RpcException thrown = await Failing.WithAsync(RpcStatusCode.Internal, vault.WhoAsync);
        Assert.DoesNotContain("mood", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("in a bad mood", await host.Log.WaitForAsync("A policy of Tests.Vault/Who failed"), StringComparison.Ordinal);
        await Failing.WithAsync(RpcStatusCode.Unavailable, vault.WhoAsync);
        Assert.Equal("ann", await vault.WhoAsync().Soon());
    }

    [Fact]
    public async Task What_the_server_asks_for_beside_the_contract_holds_and_is_not_told()
    {
        await using VaultHost host = await VaultHost.StartAsync(
            "memory://", static options => options.Access.Require<IVault>(roles: ["auditor"], methods: ["Who", "Hello"]));
        IVault ann = await host.GetAsync("ann+keeper");
        RpcException error = await Failing.WithAsync(RpcStatusCode.PermissionDenied, ann.WhoAsync);
        Assert.DoesNotContain("auditor", error.Message, StringComparison.Ordinal);
        Assert.Contains("has no role that this server asks for", error.Message, StringComparison.Ordinal);
        await Failing.WithAsync(RpcStatusCode.Unauthenticated, (await host.GetAsync()).HelloAsync);
        Assert.Equal("ann", await ann.OpenAsync(Tripwire.New()).Soon());
        Assert.Equal("hello bob", await (await host.GetAsync("bob+auditor")).HelloAsync().Soon());
    }

    [Fact]
    public async Task A_server_can_open_what_its_contract_leaves_open()
    {
        await using VaultHost host = await VaultHost.StartAsync(
            "memory://", static options => options.Access.AllowAnonymous<IVault>("Who"));
        Assert.Equal("nobody", await (await host.GetAsync()).WhoAsync().Soon());
    }

    [Theory]
    [InlineData(RpcBuiltInServices.None, false)]
    [InlineData(RpcBuiltInServices.Health, true)]
    public async Task Built_in_services_are_closed_unless_they_are_opened(RpcBuiltInServices open, bool isOpen)
    {
        await using VaultHost host = await VaultHost.StartAsync("memory://", options => options.Access.AnonymousBuiltIns = open);
        RpcClient stranger = await host.ConnectAsync();
        if (isOpen) Assert.Equal(ServingStatus.Serving, await stranger.Get<IHealth>().CheckAsync().Soon());
        else await Failing.WithAsync(RpcStatusCode.Unauthenticated, () => stranger.Get<IHealth>().CheckAsync());
        await Failing.WithAsync(RpcStatusCode.Unauthenticated, () => stranger.Get<IDescribe>().GetAsync("Tests.Vault"));
        RpcClient known = await host.ConnectAsync("ann");
        Assert.Equal(ServingStatus.Serving, await known.Get<IHealth>().CheckAsync().Soon());
        Assert.NotEmpty((await known.Get<IDescribe>().GetAsync("Tests.Vault").Soon()).Methods);
    }

    [Fact]
    public async Task Filters_and_handlers_see_the_caller_and_who_opened_the_connection()
    {
        List<string> seen = [];
        await using VaultHost host = await VaultHost.StartAsync("memory://", options => options.Filters.Add(new Watcher(seen)));
        RpcClient client = await host.ConnectAsync("ann");
        Assert.Equal("ann", await client.Get<IVault>().WhoAsync().Soon());
        Assert.Equal("bob", await client.Get<IVault>(new RpcCallOptions { Credential = RpcCredential.Bearer("bob") }).WhoAsync().Soon());
        Assert.Equal("cid", await (await host.GetAsync("cid+keeper")).OpenAsync(Tripwire.New()).Soon());
        Assert.Equal(["ann over ann", "bob over ann", "cid over cid"], seen);
    }

    [Fact]
    public async Task Who_calls_is_not_passed_on_to_the_calls_of_its_handler()
    {
        await using VaultHost behind = await VaultHost.StartAsync("memory://");
        await using VaultHost host = await VaultHost.StartAsync("memory://");
        IVault next = await behind.GetAsync();
        RpcException? error = null;
        host.Vault.OnWho = async () => error = await Assert.ThrowsAsync<RpcException>(() => next.WhoAsync().AsTask());
        foreach (bool perCall in (bool[])[false, true])
        {
            error = null;
            Assert.Equal("ann", await (await host.GetAsync("ann", perCall)).WhoAsync().Soon());
            Assert.Equal(RpcStatusCode.Unauthenticated, error!.Code);
        }
    }

    [Fact]
    public async Task Calls_without_authenticators_have_nothing_to_do_with_any_of_this()
    {
        await using LabHost host = await LabHost.StartAsync("memory://");
        Assert.Equal(3, await (await host.GetAsync()).AddAsync(1, 2).Soon());
        Assert.Null(Assert.Single(host.Connections).Access);
    }

    [Fact]
    public async Task A_server_does_not_start_with_rules_that_cannot_be_enforced()
    {
        await StartFailsAsync<ArgumentException>("requires authorization, and the server authenticates nobody", authenticates: false);
        await StartFailsAsync<ArgumentException>(
            "Tests.Vault/Who requires the policy 'nonsense', which this server does not define (it has adult): "
            + "add it with options.Access.AddPolicy",
            static access => access.Require<IVault>("nonsense", methods: ["Who"]));
        await StartFailsAsync<ArgumentException>(
            "has a rule for the method 'Whom' of Tests.Vault, which has Buy, ", static access => access.AllowAnonymous<IVault>("Whom"));
        await StartFailsAsync<ArgumentException>(
            "has a rule for Tests.Lab, which the server does not offer", static access => access.Require<ILab>());
        await StartFailsAsync<ArgumentException>(
            "allows everybody to call Tests.Vault/Open, which requires authorization", static access => access.AllowAnonymous<IVault>("Open"));
        await StartFailsAsync<ArgumentException>("CheckTimeout is 00:00:00", static access => access.CheckTimeout = TimeSpan.Zero);
        await StartFailsAsync<ArgumentException>("MaxConcurrentChecks is 0", static access => access.MaxConcurrentChecks = 0);
        await StartFailsAsync<ArgumentException>("MaxRememberedCredentials is 0", static access => access.MaxRememberedCredentials = 0);
        await StartFailsAsync<ArgumentException>(
            "AnonymousBuiltIns is 8", static access => access.AnonymousBuiltIns = (RpcBuiltInServices)8);
        await StartFailsAsync<ArgumentException>(
            "RememberCredentialsFor is", static access => access.RememberCredentialsFor = TimeSpan.FromDays(2));
        await StartFailsAsync<ArgumentException>(
            "There is a policy 'adult' already", static access => access.AddPolicy("adult", static _ => true));
        await StartFailsAsync<ArgumentException>("fulfilled by nobody", static access => access.Require<IVault>(roles: []));
        await StartFailsAsync<ArgumentException>(
            "RequireAuthenticatedConnections is set, and there is no authenticator",
            static access => access.RequireAuthenticatedConnections = true,
            authenticates: false);
    }

    [Fact]
    public async Task A_client_does_not_offer_what_it_could_not_protect()
    {
        await using RpcClient client = RpcClient.Create("memory://nobody");
        NotSupportedException error = Assert.Throws<NotSupportedException>(() => client.AddService<IVault>(new Vault()));
        Assert.Contains("which a client cannot ask of its server", error.Message, StringComparison.Ordinal);
    }

    private static async Task StartFailsAsync<T>(string why, Action<RpcAccessOptions>? configure = null, bool authenticates = true)
        where T : Exception
    {
        T error = await Assert.ThrowsAsync<T>(
            () => VaultHost.StartAsync("memory://", options => configure?.Invoke(options.Access), authenticates));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> CallAsync(IVault vault, string shape, Tripwire wire, Tripwire item)
    {
        switch (shape)
        {
            case "unary": return await vault.OpenAsync(wire);
            case "down": return await FirstAsync(vault.DownAsync(wire));
            case "up":
                Assert.Equal(3, await vault.UpAsync(wire, Items(item)));
                return "ann";
            case "sink":
                await vault.SinkAsync(wire, Items(item));
                return "ann";
            default: return await FirstAsync(vault.ThroughAsync(wire, Items(item)));
        }
    }

    private static async Task<string> FirstAsync(IAsyncEnumerable<string> items)
    {
        List<string> all = [];
        await foreach (string item in items) all.Add(item);
        return all[0];
    }

    private static async IAsyncEnumerable<Tripwire> Items(Tripwire item)
    {
        for (int i = 0; i < 3; i++)
        {
            yield return item;
            await Task.Yield();
        }
    }

    private sealed class Watcher(List<string> seen) : IRpcServerFilter
    {
        public ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
            where TRequest : struct
        {
            RpcContext context = RpcContext.Current!;
            lock (seen) seen.Add($"{Name(context.User)} over {Name(context.Caller.User)}");
            return next(call);
        }

        private static string Name(ClaimsPrincipal? user) => user?.Identity?.Name ?? "nobody";
    }
}
