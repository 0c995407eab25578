using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Consul.Tests.Support;

namespace SourceGen.Rpc.Registries.Consul.Tests;

/// <summary>Agents that forget, die, or ask who is there.</summary>
[RequiresConsul]
public sealed class AgentTests
{
    private const string Master = "11111111-2222-3333-4444-555555555555";
    private const string Acl =
        $$"""{"acl":{"enabled":true,"default_policy":"deny","tokens":{"master":"{{Master}}","agent":"{{Master}}"} } }""";

    [Fact]
    public async Task Nodes_with_one_id_of_several_services_stand_beside_each_other()
    {
        await using ConsulAgent agent = await ConsulAgent.StartAsync();
        await using ConsulRegistry registry = Create(agent);
        await registry.RegisterAsync(Record("One"));
        await registry.RegisterAsync(Record("Two"));

        Assert.Equal(["One:1.0:a", "Two:1.0:a"], await agent.GetIdsAsync());
        await registry.DeregisterAsync(Record("One"));
        Assert.Equal(["Two:1.0:a"], await agent.GetIdsAsync());
    }

    [Fact]
    public async Task A_service_that_was_removed_or_replaced_by_somebody_else_is_registered_again()
    {
        await using ConsulAgent agent = await ConsulAgent.StartAsync();
        await using ConsulRegistry registry = Create(agent);
        await using WatchRecorder watch = new(registry, "Removed");
        await registry.RegisterAsync(Record("Removed"));
        await watch.UntilAsync([Record("Removed")]);
        await agent.SendAsync(HttpMethod.Put, "/v1/agent/service/deregister/Removed:1.0:a");
        await watch.UntilAsync([]);
        await registry.RegisterAsync(Record("Removed"));
        await watch.UntilAsync([Record("Removed")]);

        await agent.SendAsync(HttpMethod.Put, "/v1/agent/service/register",
            """{"ID":"Removed:1.0:a","Name":"Removed","Tags":["sourcegen-rpc"]}""");
        await watch.UntilAsync([]);
        await registry.RegisterAsync(Record("Removed"));
        await watch.UntilAsync([Record("Removed")]);
        watch.AssertConsistent();
    }

    [Fact]
    public async Task A_check_that_was_removed_while_its_service_stayed_is_made_again()
    {
        await using ConsulAgent agent = await ConsulAgent.StartAsync();
        await using ConsulRegistry registry = Create(agent);
        await registry.RegisterAsync(Record("Checked"));
        await agent.SendAsync(HttpMethod.Put, "/v1/agent/check/deregister/service:Checked:1.0:a");

        await registry.RegisterAsync(Record("Checked"));

        Assert.True((await agent.SendAsync(HttpMethod.Get, "/v1/agent/checks")).TryGetProperty("service:Checked:1.0:a", out _));
    }

    [Fact]
    public async Task A_newer_registration_of_a_node_is_not_removed_by_an_older_one()
    {
        await using ConsulAgent agent = await ConsulAgent.StartAsync();
        await using ConsulRegistry old = Create(agent);
        await using ConsulRegistry now = Create(agent);
        ServiceRecord newer = Record("Successor") with { Nodes = [new ServiceNode("a", "tcp://10.0.0.2:1")] };
        await old.RegisterAsync(Record("Successor"));
        await now.RegisterAsync(newer);

        await old.DeregisterAsync(Record("Successor"));

        Assert.Equal(["Successor:1.0:a"], await agent.GetIdsAsync());
        await now.DeregisterAsync(newer);
        Assert.Empty(await agent.GetIdsAsync());
    }

    [Fact]
    public async Task A_persistent_service_has_no_check_and_takes_over_a_leased_one()
    {
        await using ConsulAgent agent = await ConsulAgent.StartAsync();
        await using ConsulRegistry registry = Create(agent);
        await registry.RegisterAsync(Record("Kept"));
        await registry.RegisterAsync(Record("Kept"), new RegisterOptions { IsPersistent = true });

        Assert.Empty((await agent.SendAsync(HttpMethod.Get, "/v1/agent/checks")).EnumerateObject());
        Assert.Equal(["Kept:1.0:a"], await agent.GetIdsAsync());
    }

    [Fact]
    public async Task The_next_agent_takes_over_when_one_dies()
    {
        await using ConsulAgent server = await ConsulAgent.StartAsync();
        await using ConsulAgent first = await server.StartClientAsync("first");
        await using ConsulAgent second = await server.StartClientAsync("second");
        await using ConsulRegistry registry = new(new ConsulRegistryOptions { Endpoints = { first.Endpoint, second.Endpoint } });
        await using WatchRecorder watch = new(registry, "Failover", resumes: true);
        await registry.RegisterAsync(Record("Failover"));
        await watch.UntilAsync([Record("Failover")]);
        await first.Process.KillAsync();

        await registry.RegisterAsync(Record("Failover"));

        Assert.Equal(["Failover:1.0:a"], await second.GetIdsAsync());
        await watch.UntilAsync(static recorder => recorder.Failures.Length > 0, "the failure");
        await watch.UntilAsync([Record("Failover")]);
        await registry.DeregisterAsync(Record("Failover"));
        Assert.Empty(await second.GetIdsAsync());
    }

    [Fact]
    public async Task A_token_is_asked_for_and_what_it_may_not_do_is_refused()
    {
        await using ConsulAgent agent = await ConsulAgent.StartAsync(Acl, token: Master);
        await using ConsulRegistry registry = Create(agent, $"?token={Master}");
        await registry.RegisterAsync(Record("Guarded"));
        await using WatchRecorder watch = new(registry, "Guarded");
        await watch.UntilAsync([Record("Guarded")]);
        await using WatchRecorder all = new(registry, null);
        await all.UntilAsync([Record("Guarded")]);

        await FailsAsync(agent, "", RpcStatusCode.PermissionDenied, "names no token");
        await FailsAsync(agent, "?token=99999999-2222-3333-4444-555555555555", RpcStatusCode.Unauthenticated, "check the token");
    }

    [Fact]
    public async Task Certificates_of_both_sides_are_checked()
    {
        using TestCertificates files = new();
        int port = FreePorts.Take();
        await using ConsulAgent agent = await StartAsync(files, port);
        string address = $"consul://127.0.0.1:{port}";
        await using ConsulRegistry registry = new(ConsulRegistryOptions.Parse(RpcAddress.Parse(
            $"{address}?ca={files.Authority}&cert={files.ClientCertificate}&key={files.ClientKey}&timeout=20")));
        await registry.RegisterAsync(Record("Encrypted"));

        await using ConsulRegistry anonymous = new(ConsulRegistryOptions.Parse(RpcAddress.Parse($"{address}?ca={files.Authority}")));
        await using ConsulRegistry plain = new(ConsulRegistryOptions.Parse(RpcAddress.Parse(address)));
        foreach (ConsulRegistry other in new[] { anonymous, plain })
        {
            RpcException error = await Assert.ThrowsAsync<RpcException>(() => other.RegisterAsync(Record("Encrypted")).AsTask());
            Assert.Equal(RpcStatusCode.Unavailable, error.Code);
        }
    }

    [Fact]
    public async Task Certificates_that_are_replaced_are_used_by_the_next_connection()
    {
        using TestCertificates files = new();
        int port = FreePorts.Take();
        await using ConsulAgent agent = await StartAsync(files, port);
        using LogRecorder log = new();
        await using IRegistry registry = new ConsulRegistryProvider(log).Create(RpcAddress.Parse(
            $"consul://127.0.0.1:{port}?ca={files.AuthorityOfClients}&cert={files.ClientCertificate}&key={files.ClientKey}&timeout=20"));
        await new CertificateRotation(registry, files.AuthorityOfClients, Renew, RestartAsync, () => log.Lines).AssertIsFollowedAsync();

        Task Renew()
        {
            files.Renew();
            return Task.CompletedTask;
        }

        async Task RestartAsync()
        {
            await agent.Process.KillAsync();
            await agent.Process.RestartAsync();
        }
    }

    private static Task<ConsulAgent> StartAsync(TestCertificates files, int port)
    {
        string configuration = $$"""
            {"ports":{"https":{{port}} },"verify_incoming":true,
             "ca_file":"{{files.Authority}}","cert_file":"{{files.ServerCertificate}}","key_file":"{{files.ServerKey}}"}
            """;
        return ConsulAgent.StartAsync(configuration, _ => ServerProcess.Listens(port));
    }

    private static ServiceRecord Record(string name) => new(name, "1.0") { Nodes = [new ServiceNode("a", "tcp://10.0.0.1:5000")] };

    private static ConsulRegistry Create(ConsulAgent agent, string parameters = "") =>
        (ConsulRegistry)new ConsulRegistryProvider().Create(RpcAddress.Parse($"consul://{agent.Endpoint}{parameters}"));

    private static async Task FailsAsync(ConsulAgent agent, string parameters, RpcStatusCode code, string words)
    {
        await using ConsulRegistry registry = Create(agent, parameters);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => registry.RegisterAsync(Record("Guarded")).AsTask());
        Assert.Equal(code, error.Code);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }
}
