using System.Buffers;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Errors;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>
/// An exception that the method declares, and an <see cref="RpcException"/>, go to the caller as they are; anything else becomes an id that
/// also stands in this side's log, unless details are enabled.
/// </summary>
internal sealed class ErrorPolicy(bool includeDetails, ILogger logger)
{
    private DeclaredErrors? _declared;

    /// <summary>The same policy for one method, with the errors that it declares.</summary>
    public ErrorPolicy For(RpcMethod method, ICodec codec) =>
        DeclaredErrors.Bind(method, codec) is { } declared ? new ErrorPolicy(includeDetails, logger) { _declared = declared } : this;

    /// <summary>What the caller gets for an exception of a handler.</summary>
    /// <param name="method">The method.</param>
    /// <param name="error">The exception.</param>
    /// <param name="trace">
    /// The trace that the call belongs to, whose id goes with an exception that the method does not declare; default for none.
    /// </param>
    public ErrorMessage Describe(RpcMethod method, Exception error, ActivityTraceId trace)
    {
        if (_declared?.FindException(error) is { } declared) return DescribeDeclared(method, error, declared);
        if (error is RpcException rpc)
        {
            string detail = ErrorTexts.MessageOf(rpc);
            ErrorMessage message = new(rpc.Code == RpcStatusCode.OK ? RpcStatusCode.Unknown : rpc.Code, detail, rpc.Id, rpc.Status);
            return rpc.DetailValue is { } value ? AddDetail(method, message, value) : message;
        }

        if (trace == default) trace = Activity.Current?.TraceId ?? default;
        string id = trace == default ? Guid.NewGuid().ToString("N") : trace.ToString();
        ServerLog.HandlerFailed(logger, method.FullName, id, error);
        return new ErrorMessage(
            RpcStatusCode.Unknown,
            includeDetails
                ? $"{method.FullName} failed: {ErrorTexts.AllOf(error)}"
                : $"{method.FullName} failed; the server's log says why under {id}.",
            id);
    }

    private ErrorMessage DescribeDeclared(RpcMethod method, Exception error, RpcErrorSerializer declared)
    {
        ErrorMessage message = error is RpcException rpc
            ? new ErrorMessage(declared.Type.CodeOf(error), ErrorTexts.MessageOf(error), rpc.Id, rpc.Status)
            : new ErrorMessage(declared.Type.CodeOf(error), ErrorTexts.MessageOf(error));
        return Add(method, message, declared, error);
    }

    private ErrorMessage AddDetail(RpcMethod method, ErrorMessage message, object detail)
    {
        if (_declared?.FindDetail(detail) is { } declared) return Add(method, message, declared, detail);
        string type = detail.GetType().Name;
        string reason = $"the method does not declare it; add [Throws<{type}>] to it or to its interface";
        ErrorLog.DetailLeftOut(logger, type, method.FullName, reason, null);
        return message;
    }

    /// <summary>Adds the detail, or leaves it out: whatever is wrong with it, the call must fail with what it failed with.</summary>
    private ErrorMessage Add(RpcMethod method, ErrorMessage message, RpcErrorSerializer declared, object value)
    {
        string name = declared.Type.Name;
        ArrayBufferWriter<byte> payload = new();
        try
        {
            declared.Serialize(payload, value);
        }
        catch (Exception e)
        {
            ErrorLog.DetailLeftOut(logger, name, method.FullName, "it cannot be serialized", e);
            return message;
        }

        if (payload.WrittenCount + name.Length <= ErrorMessage.MaxDetail)
            return message with { DetailType = name, DetailPayload = payload.WrittenSpan.ToArray() };
        string reason = $"it has {payload.WrittenCount:N0} bytes; at most {ErrorMessage.MaxDetail:N0} are sent with an error";
        ErrorLog.DetailLeftOut(logger, name, method.FullName, reason, null);
        return message;
    }
}
