using System.Buffers;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Security;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Wire;

/// <summary>Heads of messages: what remains of a call's time, and headers.</summary>
internal sealed partial class RpcConnection
{
    /// <summary>Whether the calls that this side serves have a context that flows with their handlers.</summary>
    public bool FlowsContext => _settings.FlowContext;

    /// <summary>
    /// Checks what a call is to answer with. A peer that takes no headers at all gets the reply without them: it could not read them.
    /// </summary>
    /// <param name="method">The method.</param>
    /// <param name="headers">Response headers and trailers; null afterwards if they do not go out.</param>
    /// <returns>What to answer instead, when the headers are larger than the peer accepts; otherwise null.</returns>
    public ErrorMessage? CheckReplyHeaders(RpcMethod method, ref byte[]? headers)
    {
        int limit = Peer.MaxHeaderSize;
        if (headers is null || headers.Length <= limit) return null;
        int size = headers.Length;
        headers = null;
        if (limit == 0) return null;
        string detail = $"The response headers and trailers of {method.FullName} have {size:N0} bytes; "
            + $"the caller accepts at most {limit:N0} (MaxHeaderSize).";
        ConnectionLog.ReplyHeadersTooLarge(_logger, method.FullName, RemoteAddress, detail);
        return new ErrorMessage(RpcStatusCode.ResourceExhausted, detail);
    }

    /// <summary>Takes the head off a request, before its arguments are decoded.</summary>
    /// <param name="header">The frame's header.</param>
    /// <param name="arguments">The message; afterwards the arguments.</param>
    /// <param name="head">What stood before them.</param>
    /// <returns>False when the headers cannot be accepted, and the request is answered.</returns>
    /// <exception cref="ProtocolException">The message is shorter than its head.</exception>
    private bool TryTakeHead(in FrameHeader header, ref ReadOnlySequence<byte> arguments, out RequestHead head)
    {
        if (!MessageHead.TryRead(header.Flags, ref arguments, out long remainingMs, out ReadOnlySequence<byte> block))
        {
            throw new ProtocolException($"{RemoteAddress} sent a request whose headers are longer than its payload");
        }

        head = new RequestHead(remainingMs);
        if (block.IsEmpty) return true;
        ErrorMessage? refusal = null;
        if (block.Length > _settings.Local.MaxHeaderSize)
        {
            refusal = HeadersTooLarge(NameForPeer(header.Method), block.Length);
        }
        else
        {
            try
            {
                (RpcHeaders headers, RpcHeaders baggage) = HeaderBlock.Decode(block, HeaderKind.Hop, HeaderKind.Baggage);
                head = new RequestHead(remainingMs, headers, baggage);
            }
            catch (RpcSerializationException e)
            {
                string detail = $"The headers of {NameForPeer(header.Method)} cannot be read: {e.Message}";
                refusal = new ErrorMessage(RpcStatusCode.InvalidArgument, detail, Refused: true);
            }
        }

        if (refusal is null) return true;
        if (MayLogUnreadable()) ConnectionLog.HeadersRefused(_logger, RemoteAddress, refusal.Detail);
        Refuse(header, headers: null, refusal);
        return false;
    }

    /// <summary>What a method is called to a peer that may not be allowed to know its name.</summary>
    private string NameForPeer(int method) => Access is { IsAuthenticated: false } ? "the call" : _methods[method].Method.FullName;

    /// <summary>Takes the headers off a reply.</summary>
    /// <param name="reply">The message; afterwards the result or the error.</param>
    /// <exception cref="ProtocolException">The message is shorter than its headers.</exception>
    private ReadOnlySequence<byte> TakeReplyHeaders(ref ReadOnlySequence<byte> reply)
    {
        if (MessageHead.TryRead(FrameFlags.Headers, ref reply, out long _, out ReadOnlySequence<byte> headers)) return headers;
        throw new ProtocolException($"{RemoteAddress} sent a reply whose headers are longer than its payload");
    }

    /// <summary>Gives the headers of its reply to a call, if it wants them.</summary>
    /// <returns>Null, or why the call fails although it was answered.</returns>
    private RpcException? AcceptReplyHeaders(RpcCallScope? scope, string methodName, in ReadOnlySequence<byte> block)
    {
        if (scope is null) return null;
        if (block.Length > _settings.Local.MaxHeaderSize)
        {
            ErrorMessage tooLarge = HeadersTooLarge($"the reply of {methodName}", block.Length);
            return new RpcException(tooLarge.Code, tooLarge.Detail);
        }

        try
        {
            (RpcHeaders headers, RpcHeaders trailers) = HeaderBlock.Decode(block, HeaderKind.Response, HeaderKind.Trailer);
            scope.SetReply(headers, trailers);
            return null;
        }
        catch (RpcSerializationException e)
        {
            return new RpcException(
                RpcStatusCode.Internal, $"The headers that {RemoteAddress} answered {methodName} with cannot be read: {e.Message}", e);
        }
    }

    private ErrorMessage HeadersTooLarge(string what, long size) => new(
        RpcStatusCode.ResourceExhausted,
        $"The headers of {what} have {size:N0} bytes; the receiver accepts at most {_settings.Local.MaxHeaderSize:N0} (MaxHeaderSize).",
        Refused: true);

    /// <summary>Checks what a call is to be sent with.</summary>
    private void CheckHeaders(in MessageHead head, string methodName)
    {
        byte[] headers = head.Headers!;
        if (head.HasCredential && !AllowsCredentials)
        {
            throw new RpcException(
                RpcStatusCode.FailedPrecondition, $"{methodName} was not sent: {ChannelPrivacy.WhyNot(RemoteAddress)}")
            {
                Progress = RpcCallProgress.NotSent,
            };
        }

        if (headers.Length <= Peer.MaxHeaderSize) return;
        throw new RpcException(
            RpcStatusCode.ResourceExhausted,
            $"The headers and the baggage of {methodName} have {headers.Length:N0} bytes; {RemoteAddress} accepts at most "
            + $"{Peer.MaxHeaderSize:N0}. Send less, or raise MaxHeaderSize on the receiving side.")
        {
            Progress = RpcCallProgress.NotSent,
        };
    }
}
