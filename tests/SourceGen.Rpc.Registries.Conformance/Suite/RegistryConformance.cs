using SourceGen.Rpc.Discovery;
using Xunit.Abstractions;

namespace SourceGen.Rpc.Registries.Conformance;

/// <summary>
/// What every registry must do. The numbers are those of the conformance list in docs. What a store cannot do is not skipped: the suite
/// expects the documented error for it. A class derived from this one is an <see cref="IClassFixture{TFixture}"/> of the plug-in's fixture.
/// </summary>
public abstract partial class RegistryConformance(RegistryFixture fixture, ITestOutputHelper output)
{
    private RegisterOptions Shortest => new() { TimeToLive = fixture.ShortestTimeToLive };

    private static ServiceRecord Record(string name, string version, params IEnumerable<ServiceNode> nodes) =>
        new(name, version) { Nodes = [.. nodes] };

    private static ServiceNode Node(int number, params IEnumerable<KeyValuePair<string, string>> metadata) =>
        new($"node-{number}", $"tcp://10.1.{number / 250}.{(number % 250) + 1}:5000") { Metadata = ServiceMetadata.Create(metadata) };

    private static KeyValuePair<string, string> Pair(string name, string value) => new(name, value);

    private Store Open() => new(fixture);

    private void Report(string figure) => output.WriteLine($"figure: {GetType().Name}: {figure}");

    private Task<RpcException> FailsAsync(RpcStatusCode code, Func<ValueTask> operation) => FailsAsync(code, () => operation().AsTask());

    private async Task<RpcException> FailsAsync(RpcStatusCode code, Func<Task> operation)
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => operation().WaitAsync(fixture.Patience));
        Assert.True(error.Code == code, $"Expected {code}: {error}");
        return error;
    }

    /// <summary>The records of the test that other tests' records stand beside.</summary>
    private static bool Holds(WatchRecorder recorder, IEnumerable<ServiceRecord> expected) =>
        expected.All(record => recorder.Records.Any(record.Equals));
}
