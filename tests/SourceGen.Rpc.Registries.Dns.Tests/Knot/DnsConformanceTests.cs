using System.Globalization;
using System.Net;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Registries.Dns.Tests.Support;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.Dns.Tests.Knot;

/// <summary>What every registry must do, with knot behind it, whose zone the suite changes by dynamic update.</summary>
public sealed class DnsConformanceTests(DnsConformanceTests.Fixture fixture, ITestOutputHelper output)
    : RegistryConformance(fixture, output), IClassFixture<DnsConformanceTests.Fixture>
{
    /// <summary>A zone keeps of a record its nodes' addresses and weights.</summary>
    public sealed class Fixture : RegistryFixture
    {
        private readonly SemaphoreSlim _writing = new(1);
        private readonly Dictionary<(string Service, string Address), string> _entered = [];
        private KnotServer _server = null!;

        public override bool CanRegister => false;

        public override bool CanWatchAll => false;

        public override bool CanList => false;

        public override bool CanPersist => false;

        public override bool ReportsChanges => false;

        public override bool KeepsAnyName => false;

        public override bool HasServer => true;

        // Each write is a process of its own.
        public override int Rounds => 3;

        public override async Task InitializeAsync() => _server = await KnotServer.StartAsync();

        public override Task DisposeAsync() => _server.DisposeAsync().AsTask();

        public override IRegistry Create() => Create(_server.Port);

        public override IRegistry CreateUnreachable() => Create(FreePorts.Take());

        public override Task KillServerAsync() => _server.KillAsync();

        public override Task RestartServerAsync() => _server.RestartAsync();

        public override Task WriteAsync(ServiceRecord record) => ChangeAsync([record], Enter);

        public override Task RemoveAsync(ServiceRecord record) => ChangeAsync([record], Remove);

        public override Task FillAsync(IRegistry registrar, IReadOnlyList<ServiceRecord> records) => ChangeAsync(records, Enter);

        public override ServiceRecord AsRead(ServiceRecord record) => new(record.Name)
        {
            Nodes =
            [
                .. record.Nodes.Select(static node => new ServiceNode(
                    $"{HostOf(node)}.example:{ServiceUrl.Parse(node.Address).Port}", node.Address)
                {
                    Metadata = ServiceMetadata.Create(
                        [new("priority", "0"), new("weight", node.Weight.ToString(CultureInfo.InvariantCulture))]),
                }),
            ],
        };

        private static DnsRegistry Create(int port) => TestRegistry.Create($"127.0.0.1:{port}", static options =>
        {
            options.MinRefresh = TimeSpan.FromMilliseconds(50);
            options.MaxRefresh = TimeSpan.FromMilliseconds(50);
            options.AttemptTimeout = TimeSpan.FromMilliseconds(500);
        });

        private static string HostOf(ServiceNode node) =>
            "node-" + string.Concat(ServiceUrl.Parse(node.Address).Host.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '-'));

        private async Task ChangeAsync(IEnumerable<ServiceRecord> records, Func<string, ServiceNode, IEnumerable<string>> change)
        {
            await _writing.WaitAsync();
            try
            {
                await _server.UpdateAsync([.. records.SelectMany(record => record.Nodes.SelectMany(node => change(NameOf(record), node)))]);
            }
            finally
            {
                _writing.Release();
            }
        }

        private static string NameOf(ServiceRecord record) => $"_rpc._tcp.{record.Name.ToLowerInvariant().Replace('.', '-')}.shop";

        private IEnumerable<string> Enter(string service, ServiceNode node)
        {
            ServiceUrl url = ServiceUrl.Parse(node.Address);
            string data = string.Create(CultureInfo.InvariantCulture, $"0 {node.Weight} {url.Port} {HostOf(node)}.example.");
            foreach (string line in Remove(service, node)) yield return line;
            _entered[(service, node.Address)] = data;
            yield return $"add {service} 0 SRV {data}";
            yield return $"add {HostOf(node)} 0 {(IPAddress.Parse(url.Host).GetAddressBytes().Length == 4 ? "A" : "AAAA")} {url.Host}";
        }

        private IEnumerable<string> Remove(string service, ServiceNode node)
        {
            if (_entered.Remove((service, node.Address), out string? data)) yield return $"del {service} SRV {data}";
        }
    }
}
