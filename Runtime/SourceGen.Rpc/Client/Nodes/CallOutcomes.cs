using SourceGen.Rpc.Selection;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>Decides what the end of a call says about the server.</summary>
internal static class CallOutcomes
{
    /// <summary>What an error says; null for none.</summary>
    public static CallOutcome Of(Exception? error) => error switch
    {
        null => CallOutcome.Success,
        RpcException known => known.Progress switch
        {
            RpcCallProgress.Answered => OfAnswer(known.Code),
            RpcCallProgress.Refused => known.Code is RpcStatusCode.Unavailable or RpcStatusCode.ResourceExhausted
                ? CallOutcome.Rejected
                : CallOutcome.Success, // It has no such method, or does not let this caller in: it is well.

            // A lost connection is known without this, and the server is well again as soon as there is another one.
            RpcCallProgress.Unknown => known.Code == RpcStatusCode.DeadlineExceeded ? CallOutcome.Failure : CallOutcome.None,
            _ => CallOutcome.None,
        },
        _ => CallOutcome.None, // Its caller gave up.
    };

    /// <summary>Errors that a handler did not mean to answer with are the server's fault; the others are the caller's business.</summary>
    private static CallOutcome OfAnswer(RpcStatusCode code) => code switch
    {
        RpcStatusCode.Unknown or RpcStatusCode.Internal or RpcStatusCode.DataLoss or RpcStatusCode.Unavailable
            or RpcStatusCode.DeadlineExceeded => CallOutcome.Failure,
        RpcStatusCode.ResourceExhausted => CallOutcome.Rejected,
        _ => CallOutcome.Success,
    };
}
