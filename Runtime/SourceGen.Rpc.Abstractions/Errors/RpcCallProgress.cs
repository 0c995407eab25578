namespace SourceGen.Rpc;

/// <summary>How far a failed call got, which decides whether repeating it is safe.</summary>
public enum RpcCallProgress
{
    /// <summary>Nothing of the request left this process: the handler did not run.</summary>
    NotSent,

    /// <summary>The server refused the call before it ran its handler: it was shutting down, over a limit, or had no such method.</summary>
    Refused,

    /// <summary>The request left and no reply came: the handler may have run, may be running, or may never run.</summary>
    Unknown,

    /// <summary>The handler ran and answered with this error.</summary>
    Answered,
}
