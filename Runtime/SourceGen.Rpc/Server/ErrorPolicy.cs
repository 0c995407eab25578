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
            string detail = TextOf(rpc, static rpc => rpc.Message);
            return new ErrorMessage(rpc.Code == RpcStatusCode.OK ? RpcStatusCode.Unknown : rpc.Code, detail, rpc.Id, rpc.Status);
        }

        string id = Activity.Current?.TraceId.ToString() ?? Guid.NewGuid().ToString("N");
        ServerLog.HandlerFailed(logger, method.FullName, id, error);
        return new ErrorMessage(
            RpcStatusCode.Unknown,
            includeDetails
                ? $"{method.FullName} failed: {TextOf(error, static error => error.ToString())}"
                : $"{method.FullName} failed; the server's log says why under {id}.",
            id);
    }

    /// <summary>The text of an exception of the user's, whose properties are the user's code and may throw themselves.</summary>
    private static string TextOf(Exception error, Func<Exception, string> read)
    {
        try
        {
            return read(error);
        }
        catch (Exception e)
        {
            return $"{error.GetType()}, whose text cannot be read: {e.GetType()}";
        }
    }
}
