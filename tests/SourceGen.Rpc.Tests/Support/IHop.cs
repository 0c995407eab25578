namespace SourceGen.Rpc.Tests.Support;

/// <summary>A service that both ends of a connection offer, each calling the other's.</summary>
[Service(Name = "Tests.Hop")]
public partial interface IHop
{
    /// <summary>Goes to the other side and back so many times.</summary>
    /// <returns>How often it went.</returns>
    ValueTask<int> HopAsync(int left, bool blocking);

    /// <summary>Sends a note to the other side's <see cref="LandAsync"/>, and waits for it.</summary>
    [OneWay]
    ValueTask SkipAsync(int value);

    ValueTask LandAsync(int value);
}
