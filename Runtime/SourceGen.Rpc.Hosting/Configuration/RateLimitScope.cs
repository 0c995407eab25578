namespace SourceGen.Rpc.Hosting.Configuration;

/// <summary>Which calls have a rate limit in common.</summary>
internal enum RateLimitScope
{
    /// <summary>All calls of the server.</summary>
    Server,

    /// <summary>Those of one connection.</summary>
    Connection,

    /// <summary>Those of one method.</summary>
    Method,
}
