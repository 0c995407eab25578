namespace SourceGen.Rpc;

/// <summary>
/// What became of a call: the 17 canonical codes of gRPC, with the same numbers
/// (https://grpc.github.io/grpc/core/md_doc_statuscodes.html).
/// </summary>
public enum RpcStatusCode
{
    /// <summary>The call succeeded.</summary>
    OK = 0,

    /// <summary>The caller cancelled the call.</summary>
    Cancelled = 1,

    /// <summary>The handler failed in a way it did not declare, or the peer sent a code that is not known here.</summary>
    Unknown = 2,

    /// <summary>An argument is wrong, whatever the state of the system; arguments that cannot be decoded are such.</summary>
    InvalidArgument = 3,

    /// <summary>The time given to the call ran out. The handler may or may not have run.</summary>
    DeadlineExceeded = 4,

    /// <summary>Something the call asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>Something the call wanted to create exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and not allowed to do this.</summary>
    PermissionDenied = 7,

    /// <summary>A limit was reached: calls in flight, message size, memory.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state the call needs; repeating it does not help until the state changes.</summary>
    FailedPrecondition = 9,

    /// <summary>The call was aborted, typically by a conflict; repeating it from the start may help.</summary>
    Aborted = 10,

    /// <summary>The call went past a valid range.</summary>
    OutOfRange = 11,

    /// <summary>The peer has no such service, method or codec, or its contract differs.</summary>
    Unimplemented = 12,

    /// <summary>An invariant of the framework or the handler is broken.</summary>
    Internal = 13,

    /// <summary>The peer cannot be reached or is shutting down; repeating the call elsewhere or later may help.</summary>
    Unavailable = 14,

    /// <summary>Data was lost or is corrupt.</summary>
    DataLoss = 15,

    /// <summary>The caller has not proven who it is.</summary>
    Unauthenticated = 16,
}
