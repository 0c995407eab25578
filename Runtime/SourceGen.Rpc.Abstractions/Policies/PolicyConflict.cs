namespace SourceGen.Rpc;

/// <summary>Why a policy does not fit a method.</summary>
internal enum PolicyConflict
{
    /// <summary>It fits.</summary>
    None,

    /// <summary>A call might run twice, and the method is not idempotent.</summary>
    NotIdempotent,

    /// <summary>It needs a reply, and the method has none.</summary>
    OneWay,

    /// <summary>It is for calls without streams.</summary>
    Stream,

    /// <summary>The caller may get the default value, and the method's result cannot be null.</summary>
    Result,
}
