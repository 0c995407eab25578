namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>How a server says what went wrong. Source: <c>KeeperException.Code</c> of Apache ZooKeeper 3.8.</summary>
internal enum ErrorCode
{
    Ok = 0,
    SystemError = -1,

    /// <summary>Within a multi: not done because another operation of it failed.</summary>
    RuntimeInconsistency = -2,
    ConnectionLoss = -4,
    MarshallingError = -5,
    Unimplemented = -6,
    OperationTimeout = -7,
    BadArguments = -8,
    NoNode = -101,
    NoAuth = -102,
    BadVersion = -103,
    NoChildrenForEphemerals = -108,
    NodeExists = -110,
    NotEmpty = -111,
    SessionExpired = -112,
    InvalidAcl = -114,
    AuthFailed = -115,
    SessionMoved = -118,
    NotReadOnly = -119,
    RequestTimeout = -122,
    SaslRequired = -124,
    QuotaExceeded = -125,
    ThrottledOp = -127,
}
