namespace SourceGen.Rpc.Registries.Etcd.Protocol;

/// <summary>What of a key a transaction compares.</summary>
internal enum EtcdCompareTarget
{
    /// <summary>The revision of its last change: who knows it knows the value too.</summary>
    ModRevision,

    /// <summary>The lease it hangs on.</summary>
    Lease,

    /// <summary>The value.</summary>
    Value,
}
