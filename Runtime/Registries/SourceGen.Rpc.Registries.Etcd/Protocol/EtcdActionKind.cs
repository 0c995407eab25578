namespace SourceGen.Rpc.Registries.Etcd.Protocol;

/// <summary>What a transaction does with a key.</summary>
internal enum EtcdActionKind
{
    /// <summary>Writes it.</summary>
    Put,

    /// <summary>Removes it.</summary>
    Delete,

    /// <summary>Reads what is known of it without its value.</summary>
    ReadKey,
}
