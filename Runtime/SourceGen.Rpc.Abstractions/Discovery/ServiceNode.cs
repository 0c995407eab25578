using System.Collections.Immutable;
using System.Globalization;

namespace SourceGen.Rpc.Discovery;

/// <summary>One server of a service: where it is called, and what is known about it. Immutable.</summary>
/// <param name="Id">
/// Its identity within the service. A server that comes back at the same address after a crash has another id, so that the lease of the one
/// that died does not remove it.
/// </param>
/// <param name="Address">
/// Where it is called, such as <c>tcp://10.0.0.1:5000</c>. Without a scheme (<c>10.0.0.1:5000</c>) it is <c>tcp</c>.
/// </param>
public sealed record ServiceNode(string Id, string Address)
{
    /// <summary>The <see cref="Weight"/> of a node whose metadata does not say.</summary>
    public const int DefaultWeight = 100;

    /// <summary>What is known about it. Default: nothing.</summary>
    public ServiceMetadata Metadata { get; init; } = ServiceMetadata.Empty;

    /// <summary>
    /// Its share of the calls, relative to the others'; 0 for none. Default, also for what is not a number from 0 to 1,000,000:
    /// <see cref="DefaultWeight"/>.
    /// </summary>
    public int Weight =>
        Metadata.TryGetValue(ServiceMetadataKeys.Weight, out string? text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int weight) && weight <= 1_000_000
            ? weight
            : DefaultWeight;

    /// <summary>Where it runs; empty when that is not known.</summary>
    public string Zone => Metadata.GetValueOrDefault(ServiceMetadataKeys.Zone);

    /// <summary>When it started; null when that is not known.</summary>
    public DateTimeOffset? StartTime =>
        Metadata.TryGetValue(ServiceMetadataKeys.Timestamp, out string? text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds)
        && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;

    /// <summary>Words that it can be chosen by.</summary>
    public ImmutableArray<string> Tags =>
        Metadata.TryGetValue(ServiceMetadataKeys.Tags, out string? text)
            ? [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]
            : [];

    /// <summary>The fingerprint of the contract it serves, as in the handshake; null when that is not known.</summary>
    public ulong? ContractFingerprint =>
        Metadata.TryGetValue(ServiceMetadataKeys.Fingerprint, out string? text)
        && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong fingerprint)
            ? fingerprint
            : null;

    /// <summary>Its address as an engine connects to it: with <c>tcp://</c> before it when it has no scheme.</summary>
    /// <exception cref="FormatException">It is not an address.</exception>
    public RpcAddress GetRpcAddress() =>
        RpcAddress.Parse(Address.Contains("://", StringComparison.Ordinal) ? Address : $"tcp://{Address}");

    /// <summary>Id and address, for messages.</summary>
    public override string ToString() => $"{Id} at {Address}";
}
