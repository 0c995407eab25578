using System.Collections.Immutable;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.InProcess;
using SourceGen.Rpc.Tests.Support;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.InProcess;

/// <summary>Which address of a server on the same machine is connected to.</summary>
public sealed class NodeAddressChoiceTests
{
    private const string Here = "0123456789abcdef";
    private const string Own = "tcp://10.0.0.1:5000";

    [Theory]
    [InlineData(Own, Here, "/run/shop.sock", true, "unix:///run/shop.sock")]
    [InlineData(Own, Here, "/run/shop.sock", false, Own)]
    [InlineData(Own, "another", "/run/shop.sock", true, Own)]
    [InlineData(Own, Here, null, true, Own)]
    [InlineData(Own, null, "/run/shop.sock", true, Own)]
    [InlineData(Own, Here, "", true, Own)]
    [InlineData("tls://10.0.0.1:5000", Here, "/run/shop.sock", true, "tls://10.0.0.1:5000")]
    public void A_unix_socket_is_taken_on_the_same_machine_when_somebody_listens_there(
        string address, string? host, string? path, bool isListening, string chosen)
    {
        ServiceMetadata metadata = ServiceMetadata.Empty;
        if (host is not null) metadata = metadata.With(ServiceMetadataKeys.Host, host);
        if (path is not null) metadata = metadata.With(ServiceMetadataKeys.UnixSocket, path);
        NodeAddressChoice choice = new(Here, _ => isListening);
        Assert.Equal(chosen, choice.Choose(InstanceOf(new ServiceNode("a", address) { Metadata = metadata })).ToString());
    }

    [Fact]
    public async Task A_server_that_listens_at_both_says_so_and_is_called_over_the_socket_while_it_is_there()
    {
        string path = Path.Combine(Path.GetTempPath(), $"sourcegen-rpc-{Guid.NewGuid():N}.sock");
        Registry registry = new();
        LabHost host = await LabHost.StartAsync(configure: options =>
        {
            options.Listen($"unix://{path}");
            options.Registration.Registry = registry;
            options.Registration.IsRequired = true;
        });
        ServiceNode node = Assert.Single(registry.Record!.Nodes);
        Assert.StartsWith("tcp://", node.Address);
        RpcAddress chosen = NodeAddressChoice.Local.Choose(InstanceOf(node));
        Assert.Equal($"unix://{path}", chosen.ToString());
        await using (RpcClient client = await RpcClient.ConnectAsync(chosen.ToString(), LabHost.Patient()).Soon())
            Assert.Equal(5, await client.Get<ILab>().AddAsync(2, 3).Soon());

        await host.DisposeAsync();
        Assert.Equal(node.Address, NodeAddressChoice.Local.Choose(InstanceOf(node)).ToString());
        await File.WriteAllTextAsync(path, "left behind");
        Assert.Equal(node.Address, NodeAddressChoice.Local.Choose(InstanceOf(node)).ToString());
        File.Delete(path);
    }

    [Fact]
    public void A_machine_is_another_one_after_a_restart_and_what_it_is_called_is_not_told()
    {
        string first = HostIdentity.Create("machine", "boot 1", "name");
        Assert.Equal(first, HostIdentity.Create("machine", "boot 1", "other"));
        Assert.NotEqual(first, HostIdentity.Create("machine", "boot 2", "name"));
        Assert.NotEqual(HostIdentity.Create(null, null, "name"), HostIdentity.Create(null, null, "other"));
        Assert.Matches("^[0-9a-f]{16}$", first);
        Assert.Equal(HostIdentity.Current, HostIdentity.Current);
    }

    private static ServiceInstance InstanceOf(ServiceNode node) =>
        new(new ServiceRecord("Tests.Lab", "") { Nodes = [node] }, node);

    /// <summary>Keeps the record of one service.</summary>
    private sealed class Registry : IRegistry
    {
        public ServiceRecord? Record { get; private set; }

        public string Address => "kept://";

        public bool CanRegister => true;

        public ValueTask RegisterAsync(ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default)
        {
            Record = record;
            return default;
        }

        public ValueTask DeregisterAsync(ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default) =>
            default;

        public ValueTask<ImmutableArray<ServiceRecord>> GetServiceAsync(string service, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask<ImmutableArray<string>> ListServicesAsync(CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<RegistryEvent> WatchAsync(string? service, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask DisposeAsync() => default;
    }
}
