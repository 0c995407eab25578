namespace SourceGen.Rpc.Telemetry;

/// <summary>Status codes as telemetry names them, which are gRPC's names, and which of them mean that something failed.</summary>
internal static class StatusNames
{
    private static readonly string[] s_names =
    [
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    ];

    /// <summary>The name of a code.</summary>
    public static string Of(RpcStatusCode code) =>
        (uint)code < (uint)s_names.Length ? s_names[(int)code] : s_names[(int)RpcStatusCode.Unknown];

    /// <summary>
    /// Whether a server that answers with the code has failed. With the other codes it has done its work, and it is the caller who asked
    /// for something that cannot be; to the caller every code but OK is a failure.
    /// </summary>
    public static bool IsServerFailure(RpcStatusCode code) => code
        is RpcStatusCode.Unknown
        or RpcStatusCode.DeadlineExceeded
        or RpcStatusCode.Unimplemented
        or RpcStatusCode.Internal
        or RpcStatusCode.Unavailable
        or RpcStatusCode.DataLoss;
}
