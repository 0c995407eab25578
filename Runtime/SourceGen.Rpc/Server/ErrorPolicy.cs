using System.Diagnostics;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>
/// An <see cref="RpcException"/> goes to the caller as it is; anything else becomes an id that also stands in this side's log, unless
/// details are enabled.
/// </summary>
internal sealed class ErrorPolicy(bool includeDetails, ILogger logger)
{
    /// <summary>What the caller gets for an exception of a handler.</summary>
    public ErrorMessage Describe(RpcMethod method, Exception error)
    {
        if (error is RpcException rpc)
        {
            return new ErrorMessage(rpc.Code == RpcStatusCode.OK ? RpcStatusCode.Unknown : rpc.Code, rpc.Detail, rpc.Id, rpc.Status);
        }

        string id = Activity.Current?.TraceId.ToString() ?? Guid.NewGuid().ToString("N");
        ServerLog.HandlerFailed(logger, method.FullName, id, error);
        return new ErrorMessage(
            RpcStatusCode.Unknown,
            includeDetails ? $"{method.FullName} failed: {error}" : $"{method.FullName} failed; the server's log says why under {id}.",
            id);
    }
}
