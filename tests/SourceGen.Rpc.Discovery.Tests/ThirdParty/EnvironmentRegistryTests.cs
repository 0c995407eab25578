using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Samples.Registry;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Discovery.Tests.ThirdParty;

/// <summary>A registry that was written against Abstractions alone does what all registries do.</summary>
public sealed class EnvironmentRegistryTests(EnvironmentRegistryTests.Fixture fixture, ITestOutputHelper output)
    : RegistryConformance(fixture, output), IClassFixture<EnvironmentRegistryTests.Fixture>
{
    [Fact]
    public void ItsProjectReferencesAbstractionsAlone()
    {
        string[] references = [.. typeof(EnvironmentRegistry).Assembly.GetReferencedAssemblies().Select(static name => name.Name!)];
        Assert.Equal(["SourceGen.Rpc.Abstractions"], references.Where(static name => name.StartsWith("SourceGen", StringComparison.Ordinal)));
    }

    public sealed class Fixture : RegistryFixture
    {
        private readonly string _prefix = $"SUITE_{Guid.NewGuid():N}_";
        private readonly Lock _gate = new();
        private readonly Dictionary<string, SortedSet<string>> _addresses = [];

        public override bool CanRegister => false;

        public override bool ReportsChanges => false;

        public override bool KeepsAnyName => false;

        // A process has one environment, which is read as a whole each time.
        public override int BigServices => 50;

        public override IRegistry Create() => new EnvironmentRegistry(_prefix, TimeSpan.FromMilliseconds(20));

        public override Task WriteAsync(ServiceRecord record) => ChangeAsync(record, static (known, address) => known.Add(address));

        public override Task RemoveAsync(ServiceRecord record) => ChangeAsync(record, static (known, address) => known.Remove(address));

        public override ServiceRecord AsRead(ServiceRecord record) =>
            new(record.Name) { Nodes = [.. record.Nodes.Select(static node => new ServiceNode(node.Address, node.Address))] };

        private Task ChangeAsync(ServiceRecord record, Func<SortedSet<string>, string, bool> change)
        {
            lock (_gate)
            {
                if (!_addresses.TryGetValue(record.Name, out SortedSet<string>? known)) _addresses.Add(record.Name, known = new(StringComparer.Ordinal));
                foreach (ServiceNode node in record.Nodes) change(known, node.Address);
                Environment.SetEnvironmentVariable(_prefix + record.Name, known.Count == 0 ? null : string.Join(',', known));
            }

            return Task.CompletedTask;
        }
    }
}

/// <summary>The directory over it.</summary>
public sealed class EnvironmentDirectoryTests(EnvironmentRegistryTests.Fixture fixture, ITestOutputHelper output)
    : DirectoryConformance(fixture, output), IClassFixture<EnvironmentRegistryTests.Fixture>;

/// <summary>Servers that are found by it.</summary>
public sealed class EnvironmentFleetTests(EnvironmentRegistryTests.Fixture fixture, ITestOutputHelper output)
    : FleetConformance(fixture, output), IClassFixture<EnvironmentRegistryTests.Fixture>;
