namespace SourceGen.Rpc.Tests.Context;

/// <summary>A service whose methods do what the test put under a name: with a token, without one, with a limit, without a reply.</summary>
[Service(Name = "Tests.Relay")]
public partial interface IRelay
{
    Task<string> RelayAsync(string what);

    Task<string> RelayCancellableAsync(string what, CancellationToken ct = default);

    /// <summary>Three hours.</summary>
    [Method(TimeoutMs = 3 * 60 * 60 * 1000)]
    Task<string> RelayPatientlyAsync(string what);

    [OneWay]
    ValueTask TellAsync(string what);
}
