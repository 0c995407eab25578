namespace SourceGen.Rpc.Discovery;

/// <summary>In whose form, and under whose names, a registry keeps records.</summary>
public enum RecordLayout
{
    /// <summary>The framework's own.</summary>
    Default,

    /// <summary>That of Go Micro, so that its services and the framework's find each other's records.</summary>
    GoMicro,

    /// <summary>That of Dubbo, in ZooKeeper.</summary>
    Dubbo,
}
