namespace SourceGen.Rpc.Security;

/// <summary>Whether a caller may call a method.</summary>
internal enum AccessDecision : byte
{
    /// <summary>Not decided yet.</summary>
    Open,

    /// <summary>It may.</summary>
    Allowed,

    /// <summary>It may not.</summary>
    Denied,
}
