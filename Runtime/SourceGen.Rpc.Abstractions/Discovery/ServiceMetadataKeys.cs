namespace SourceGen.Rpc.Discovery;

/// <summary>The names of metadata that the framework itself writes and reads. Others are the application's.</summary>
public static class ServiceMetadataKeys
{
    /// <summary>A node's share of the calls, relative to the others'; 100 is usual. See <see cref="ServiceNode.Weight"/>.</summary>
    public const string Weight = "weight";

    /// <summary>Where a node runs, such as an availability zone. See <see cref="ServiceNode.Zone"/>.</summary>
    public const string Zone = "zone";

    /// <summary>When a node started, in milliseconds since 1970. See <see cref="ServiceNode.StartTime"/>. Dubbo's name for it.</summary>
    public const string Timestamp = "timestamp";

    /// <summary>Words that a node can be chosen by, separated by commas. See <see cref="ServiceNode.Tags"/>.</summary>
    public const string Tags = "tags";

    /// <summary>The contract that a node serves. See <see cref="ServiceNode.ContractFingerprint"/>.</summary>
    public const string Fingerprint = "fingerprint";

    /// <summary>The machine that a node runs on, as an identity that says nothing else and ends when the machine is started again.</summary>
    public const string Host = "host";

    /// <summary>The path of a Unix socket that a node listens at beside its address, for clients on the same machine.</summary>
    public const string UnixSocket = "unix";

    /// <summary>
    /// Of a record: the group it belongs to, which keeps services of one name apart. See <see cref="ServiceRecord.Group"/>.
    /// </summary>
    public const string Group = "group";
}
