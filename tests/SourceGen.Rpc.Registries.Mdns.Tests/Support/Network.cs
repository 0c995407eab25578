using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Registries.Mdns.Tests.Support;

/// <summary>A network of its own: the loopback interface at a port that nobody else has, and times a tenth of the standard's.</summary>
internal sealed class Network
{
    public int Port { get; } = FreePorts.Take();

    public MdnsRegistry Create(RecordLayout layout = RecordLayout.Default, string interfaceName = "lo") =>
        new(Options(Port, layout, interfaceName));

    public static MdnsRegistryOptions Options(int port, RecordLayout layout = RecordLayout.Default, string interfaceName = "lo")
    {
        MdnsRegistryOptions options = new()
        {
            Port = port,
            Layout = layout,
            QueryWindow = TimeSpan.FromMilliseconds(250),
            ProbeInterval = TimeSpan.FromMilliseconds(25),
            AnnounceInterval = TimeSpan.FromMilliseconds(100),
            MaxResponseDelay = TimeSpan.FromMilliseconds(12),
            RescanInterval = TimeSpan.FromMilliseconds(500),
        };
        options.Interfaces.Add(interfaceName);
        return options;
    }

    public static ServiceRecord Record(string service, string id, string address, string version = "1.0") =>
        new(service, version) { Nodes = [new ServiceNode(id, address)] };
}
