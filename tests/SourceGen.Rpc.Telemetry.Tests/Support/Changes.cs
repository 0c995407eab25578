namespace SourceGen.Rpc.Telemetry.Tests.Support;

/// <summary>How the counts of what clients do have changed since they were last asked for: they are the whole process's.</summary>
internal sealed class Changes : IDisposable
{
    private const string Prefix = "sourcegen.rpc.client.";

    private static readonly string[] s_names =
        ["retries", "transparent_retries", "hedges", "refused_retries", "opened_circuits", "ejections", "restorations", "ejected_nodes"];

    private readonly Measurements _measurements = new();
    private readonly Dictionary<string, long> _before;

    public Changes() => _before = s_names.ToDictionary(static name => name, Read);

    public long Peek(string name) => Read(name) - _before[name];

    public long Take(string name)
    {
        long now = Read(name);
        long change = now - _before[name];
        _before[name] = now;
        return change;
    }

    /// <summary>These have changed, and no others.</summary>
    public void AssertThese(params (string Name, long Change)[] expected) => Assert.Equal(
        expected.OrderBy(static one => one.Name, StringComparer.Ordinal),
        s_names.Select(name => (Name: name, Change: Take(name))).Where(static one => one.Change != 0).OrderBy(static one => one.Name, StringComparer.Ordinal));

    public void Dispose() => _measurements.Dispose();

    private long Read(string name) => _measurements.Value(Prefix + name);
}
