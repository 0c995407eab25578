using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Errors;
using SourceGen.Rpc.Server;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Wire;

/// <summary>Calls: making them, answering them, and ending them without an answer.</summary>
internal sealed partial class RpcConnection
{
    /// <summary>From this many calls in flight on, sending waits a moment for what the others write.</summary>
    private const int DeferFrom = 3;

    private volatile ErrorMessage? _goAway;
    private long _oneWayIds;

    /// <summary>What became of an attempt to make a call.</summary>
    public enum StartResult
    {
        /// <summary>The request is written; the call will complete.</summary>
        Written,

        /// <summary>The connection takes no calls any more.</summary>
        Closed,

        /// <summary>The peer accepts no more calls at the moment, or does not read what it was sent.</summary>
        Full,
    }

    /// <summary>Whether a call could be written now. Approximate.</summary>
    public bool HasRoom => Calls.HasRoom && !Output.IsFull;

    /// <summary>Writes a request and puts its call, and the stream that is sent with it, into their tables.</summary>
    /// <exception cref="RpcException">
    /// The arguments cannot be encoded, or they or the headers are larger than the peer accepts; nothing was sent.
    /// </exception>
    public StartResult TryStart<TRequest>(
        PendingCall call, ushort method, ISerializer<TRequest> serializer, in TRequest request, MessageHead head)
    {
        if (head.Headers is not null) CheckHeaders(head, call.MethodName);
        if (!TryBegin(out FrameEncoder? encoder)) return StartResult.Closed;
        long use = 0;
        ulong id = Output.IsFull ? 0 : Calls.Allocate(this, call, out use);
        if (id == 0)
        {
            Output.Abandon(encoder);
            return StartResult.Full;
        }

        FrameFlags flags;
        try
        {
            flags = head.Write(encoder);
            serializer.Serialize(encoder, in request);
            encoder.EnsureAccepted();
        }
        catch (Exception e)
        {
            Output.Abandon(encoder);
            if (Withdraw(call, id, use)) throw CannotEncode(call.MethodName, e);

            // The call was cancelled, timed out or lost its connection meanwhile, and fails with that.
            Output.WriteCancelledRequest(method, id);
            return StartResult.Written;
        }

        if (encoder.Detached && !call.IsClaimable(use))
        {
            // Given up while it was encoded without the lock: its cancellation went ahead of it, and would be forgotten by now.
            Output.Abandon(encoder);
            Output.WriteCancelledRequest(method, id);
            return StartResult.Written;
        }

        OutboundStream? stream = null;
        if (call.Upload is { } upload)
        {
            stream = upload.Stream;
            stream.Id = id;
            Streams.Uploads.Add(id, upload);
        }

        Output.End(encoder, FrameType.Request, flags, method, id, Calls.InFlight >= DeferFrom, stream, call);
        call.Written(use);
        if (Volatile.Read(ref _paused) != 0) ReconsiderPause();
        return StartResult.Written;
    }

    /// <summary>Writes a request that gets no reply.</summary>
    /// <exception cref="RpcException">
    /// The arguments cannot be encoded, or they or the headers are larger than the peer accepts; nothing was sent.
    /// </exception>
    public StartResult TrySend<TRequest>(
        string methodName, ushort method, ISerializer<TRequest> serializer, in TRequest request, MessageHead head)
    {
        if (head.Headers is not null) CheckHeaders(head, methodName);
        if (!TryBegin(out FrameEncoder? encoder)) return StartResult.Closed;
        if (Output.IsFull)
        {
            Output.Abandon(encoder);
            return StartResult.Full;
        }

        FrameFlags flags;
        try
        {
            flags = head.Write(encoder);
            serializer.Serialize(encoder, in request);
            encoder.EnsureAccepted();
        }
        catch (Exception e)
        {
            Output.Abandon(encoder);
            throw CannotEncode(methodName, e);
        }

        // Only a fragmented message needs an id, to put it together by; the top bit keeps it apart from the ids of calls.
        ulong id = encoder.Detached ? (ulong)Interlocked.Increment(ref _oneWayIds) | (1UL << 63) : 0;
        Output.End(encoder, FrameType.Request, flags | FrameFlags.OneWay, method, id, Calls.InFlight >= DeferFrom);
        return StartResult.Written;
    }

    /// <summary>Asks the peer for the schema of the service that has a method number.</summary>
    /// <param name="call">The question.</param>
    /// <param name="method">The number.</param>
    /// <param name="head">A credential, for a peer that asks for one.</param>
    /// <exception cref="RpcException">The credential may not go over this connection; nothing was sent.</exception>
    public StartResult TryDescribe(PendingCall<string> call, ushort method, MessageHead head)
    {
        if (head.Headers is not null) CheckHeaders(head, call.MethodName);
        if (!TryBegin(out FrameEncoder? encoder)) return StartResult.Closed;
        ulong id = Calls.Allocate(this, call, out long use);
        if (id == 0)
        {
            Output.Abandon(encoder);
            return StartResult.Full;
        }

        Output.End(encoder, FrameType.Describe, head.Write(encoder), method, id, deferrable: false, call: call);
        call.Written(use);
        return StartResult.Written;
    }

    /// <summary>Tells the peer that nobody waits for the reply any more.</summary>
    public void SendCancel(ulong callId) => Output.WriteCancel(callId);

    /// <summary>Answers a call with a result.</summary>
    /// <returns>OK, also when the connection is closed; otherwise with what error, because the result cannot be encoded.</returns>
    public RpcStatusCode WriteResponse<TResponse>(
        ulong callId, string methodName, ISerializer<TResponse> serializer, in TResponse response, byte[]? headers)
    {
        if (!Output.TryBegin(out FrameEncoder? encoder)) return RpcStatusCode.OK;
        FrameFlags flags = FrameFlags.None;
        try
        {
            if (headers is not null) flags = new MessageHead(-1, headers).Write(encoder);
            serializer.Serialize(encoder, in response);
            encoder.EnsureAccepted();
        }
        catch (Exception e)
        {
            Output.Abandon(encoder);
            ErrorMessage error = NoteNotEncodable(methodName, e);
            WriteError(callId, error, headers);
            return error.Code;
        }

        Output.End(encoder, FrameType.Response, flags, 0, callId, Running.Count >= DeferFrom);
        return RpcStatusCode.OK;
    }

    /// <summary>Notes that the arguments of a request cannot be decoded.</summary>
    /// <returns>What to refuse it with.</returns>
    public ErrorMessage NoteUnreadable(RpcMethod method, Exception error)
    {
        if (MayLogUnreadable()) ConnectionLog.ArgumentsRefused(_logger, method.FullName, RemoteAddress, error.Message);
        string detail = $"The arguments of {method.FullName} cannot be read: {error.Message}";
        return new ErrorMessage(RpcStatusCode.InvalidArgument, detail, Refused: true);
    }

    /// <summary>A call that this side served is over.</summary>
    /// <param name="oneWay">Whether it was a one-way call.</param>
    /// <param name="lease">What to dispose of now, or null.</param>
    public void CallFinished(bool oneWay, IAsyncDisposable? lease)
    {
        if (lease is null) Running.Finished();
        else _ = ReleaseAsync(lease);
        if (!oneWay || Volatile.Read(ref _paused) == 0) return;
        lock (Output.Gate) Output.SignalRoom();
    }

    /// <summary>Notes that what came with an error cannot be read here; the call fails with the error's code and message.</summary>
    public void DetailNotReadable(string methodName, string type, Exception error) =>
        ErrorLog.DetailNotReadable(_logger, methodName, type, RemoteAddress, error);

    /// <summary>Notes what somebody who listens to telemetry did wrong; the call goes on.</summary>
    public void ListenerFailed(string methodName, Exception error) => ConnectionLog.ListenerFailed(_logger, methodName, error);

    /// <summary>Notes what a caller's own code did wrong.</summary>
    public void ContinuationFailed(string methodName, Exception error) => ConnectionLog.ContinuationFailed(_logger, methodName, error);

    /// <summary>Answers a call with an error.</summary>
    /// <param name="callId">The call.</param>
    /// <param name="error">The error.</param>
    /// <param name="headers">Response headers and trailers; null for none.</param>
    public void WriteError(ulong callId, ErrorMessage error, byte[]? headers = null)
    {
        if (!Output.TryBegin(out FrameEncoder? encoder)) return;
        FrameFlags flags;
        try
        {
            flags = new MessageHead(-1, headers).Write(encoder);
            error.Write(encoder);
            if (error.HasDetail) encoder.EnsureAccepted();
        }
        catch (RpcException) when (error.HasDetail)
        {
            // Larger than the peer accepts: the call still fails with its code and message.
            Output.Abandon(encoder);
            ErrorLog.DetailTooLargeForPeer(_logger, error.DetailType, RemoteAddress, Output.MaxMessageSize);
            WriteError(callId, error.WithoutDetail(), headers);
            return;
        }
        catch
        {
            Output.Abandon(encoder); // The lock must not stay held, whatever happens.
            throw;
        }

        Output.End(encoder, FrameType.Error, flags, 0, callId, Running.Count >= DeferFrom);
    }

    /// <summary>Why the connection takes no calls any more.</summary>
    public string LeavingReason => _closeReason?.Detail
        ?? (_goAway is { } goAway ? $"{RemoteAddress} is leaving: {goAway.Detail}" : "it is closed");

    /// <summary>
    /// Begins a frame of a call, unless no more go out. Asked under the lock: whoever waits for the calls in flight to end, to close,
    /// looks under it too, so that no call slips in behind.
    /// </summary>
    private bool TryBegin([NotNullWhen(true)] out FrameEncoder? encoder)
    {
        if (!Output.TryBegin(out encoder)) return false;
        if (IsUsable) return true;
        Output.Abandon(encoder);
        encoder = null;
        return false;
    }

    /// <summary>The call counts as running until what it held is released: a server that stops waits for that too.</summary>
    private async Task ReleaseAsync(IAsyncDisposable lease)
    {
        await DisposeOfAsync(lease).ConfigureAwait(false);
        Running.Finished();
    }

    /// <summary>Takes a call out of the table that was never sent.</summary>
    /// <returns>False when the call was completed by somebody else meanwhile.</returns>
    private bool Withdraw(PendingCall call, ulong id, long use)
    {
        if (!call.TryClaim(use)) return false;
        lock (Output.Gate)
        {
            Calls.Free(CallTable.SlotOf(id));
            Output.SignalRoom();
        }

        return true;
    }

    private async Task ObserveAsync(ValueTask disposal)
    {
        try
        {
            await disposal.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            ConnectionLog.DisposalFailed(_logger, RemoteAddress, e);
        }
    }

    private static RpcException CannotEncode(string methodName, Exception error) => error is RpcException rpc
        ? rpc
        : new RpcException(RpcStatusCode.InvalidArgument, $"The arguments of {methodName} cannot be encoded: {error.Message}", error)
        {
            Progress = RpcCallProgress.NotSent,
        };

    private void ExpireCalls(long now)
    {
        List<PendingCall>? expired = Calls.ClaimExpired(now);
        if (expired is null) return;
        foreach (PendingCall call in expired)
        {
            call.SetError(new RpcException(
                RpcStatusCode.DeadlineExceeded, $"{call.MethodName} at {RemoteAddress} did not answer within {call.TimeoutMs:N0} ms.")
            {
                Progress = RpcCallProgress.Unknown,
            });
        }

        GiveUp(expired);
    }

    /// <summary>
    /// The peer leaves, and has seen no more of this side's requests than so many: those behind them will not run there, and need not wait
    /// to be told so one by one. Calls of its health it answers to the end.
    /// </summary>
    private void FailUnseen(ErrorMessage reason, long seen)
    {
        List<PendingCall>? unseen = Calls.ClaimWhere(
            call => call.Ordinal > seen && !call.MethodName.StartsWith(BuiltInNames.Health, StringComparison.Ordinal));
        if (unseen is null) return;
        foreach (PendingCall call in unseen)
        {
            call.SetError(new RpcException(reason.Code, $"{call.MethodName} was not accepted: {RemoteAddress} is leaving: {reason.Detail}")
            {
                Progress = RpcCallProgress.Refused,
            });
        }

        GiveUp(unseen);
    }

    /// <summary>Tells the peer that nobody waits for these calls any more, and goes on with their callers.</summary>
    private void GiveUp(List<PendingCall> calls)
    {
        // Not on this thread, the watchdog or the receiver: sending takes the output's lock, under which a user's type may be encoded.
        foreach (PendingCall call in calls)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static state =>
                {
                    state.Connection.SendCancel(state.Call.Id);
                    state.Call.Run();
                },
                (Connection: this, Call: call),
                preferLocal: false);
        }
    }

    private void FailPendingCalls(RpcException reason)
    {
        List<PendingCall>? lost = Calls.ClaimAll();
        if (lost is null) return;
        foreach (PendingCall call in lost)
        {
            call.SetError(
                new RpcException(reason.Code, $"{call.MethodName}: {reason.Detail}", reason) { Progress = RpcCallProgress.Unknown });
        }

        Complete(lost);
    }

    /// <summary>Runs continuations on the thread pool, each on its own: they may block, and this thread is the engine's.</summary>
    private static void Complete(List<PendingCall> calls)
    {
        foreach (PendingCall call in calls) ThreadPool.UnsafeQueueUserWorkItem(static call => call.Run(), call, preferLocal: false);
    }
}
