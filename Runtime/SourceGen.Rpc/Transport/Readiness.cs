namespace SourceGen.Rpc.Transport;

/// <summary>What a socket can be ready for.</summary>
[Flags]
internal enum Readiness
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A receive would not wait.</summary>
    Receive = 1,

    /// <summary>A send would not wait.</summary>
    Send = 2,
}
