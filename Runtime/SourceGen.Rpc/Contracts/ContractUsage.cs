namespace SourceGen.Rpc.Contracts;

/// <summary>Who writes a value: what a change means depends on it.</summary>
[Flags]
internal enum ContractUsage
{
    None = 0,

    /// <summary>Clients write it, in arguments or in the items of a stream that they send.</summary>
    Parameter = 1,

    /// <summary>Servers write it, in results or in the items of a stream that they send.</summary>
    Result = 2,

    /// <summary>Servers write it, in an error that a method declares. What cannot be read of it leaves code and message.</summary>
    Error = 4,
}
