namespace SourceGen.Rpc.BuiltIn;

/// <summary>Whether a server, or one of its services, is ready for calls.</summary>
public enum ServingStatus
{
    /// <summary>Nothing is known: the server has no service of that name, and nobody has set a status for it.</summary>
    Unknown = 0,

    /// <summary>It is ready.</summary>
    Serving = 1,

    /// <summary>It is not ready, or no longer.</summary>
    NotServing = 2,
}
