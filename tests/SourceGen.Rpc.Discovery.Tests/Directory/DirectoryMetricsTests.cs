using System.Diagnostics.Metrics;
using SourceGen.Rpc.Discovery.Tests.Support;

namespace SourceGen.Rpc.Discovery.Tests.Directory;

/// <summary>Alone, because the counts are those of the process.</summary>
[Collection(nameof(AloneCollection))]
public sealed class DirectoryMetricsTests
{
    [Fact]
    public async Task ServicesNodesAndFailuresAreCounted()
    {
        ScriptedRegistry registry = new();
        Dictionary<string, long> before = Read();
        await registry.RegisterAsync(Records.Of("a", "b"));
        await using (ServiceDirectory directory = new(registry))
        {
            await directory.GetAsync(Records.Service);
            Assert.Equal((1, 2, 0), (Grown("services"), Grown("nodes"), Grown("stale_services")));
            registry.Fail("it was killed");
            await Eventually.Is(() => Grown("stale_services") == 1 && Grown("failures") > 0, "the failure is counted");
        }

        Assert.Equal((0, 0, 0), (Grown("services"), Grown("nodes"), Grown("stale_services")));

        long Grown(string name) => Read()[$"sourcegen.rpc.directory.{name}"] - before[$"sourcegen.rpc.directory.{name}"];
    }

    private static Dictionary<string, long> Read()
    {
        Dictionary<string, long> values = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == RpcTelemetry.MeterName) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => values[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return values;
    }
}

/// <summary>Tests that look at the whole process.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
