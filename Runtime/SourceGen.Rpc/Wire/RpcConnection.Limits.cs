using SourceGen.Rpc.Server;
using SourceGen.Rpc.Server.Overload;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Wire;

/// <summary>What one peer may ask of this side without end: which calls are let in, and when a flood is cut off.</summary>
internal sealed partial class RpcConnection
{
    /// <summary>Pings and the like that may come at once, and in each second.</summary>
    private const int ControlFrames = 10_000;

    /// <summary>How many pings a description counts as, because a few bytes ask for many.</summary>
    private const int DescribeCost = 10;

    /// <summary>Frames of control that each request allows for: a cancellation, and one more.</summary>
    private const int FramesPerRequest = 2;

    /// <summary>Requests that cannot be read of which each minute tells, one by one; a peer can send them without end.</summary>
    private const int UnreadableLines = 10;

    private static long s_lastId;

    private readonly LogBudget _unreadable = new(UnreadableLines, periodMs: 60_000);

    private int _controlBudget = ControlFrames;
    private long _budgetedAt = Environment.TickCount64;
    private long _budgetedRequests;
    private long _answersUnread;
    private long _answersSince;

    /// <summary>The connection's number in this process.</summary>
    public long Id { get; } = Interlocked.Increment(ref s_lastId);

    /// <summary>Decides which requests may run; null when all may.</summary>
    public CallAdmission? Admission { get; }

    /// <summary>Asks whether a request may run, now or in a moment, and refuses it if not.</summary>
    private bool TryAdmit(
        CallAdmission admission, in FrameHeader header, in RequestHead head, ServerMethod method, long size, out CallTicket ticket)
    {
        bool oneWay = (header.Flags & FrameFlags.OneWay) != 0;
        if (admission.Enter(this, method, oneWay, head, size, out ticket) is not { } refusal) return true;
        Refuse(header, head.Headers, refusal);
        return false;
    }

    /// <summary>
    /// Refuses a request, whose handler is not run: answers it, if it wants an answer, and tells those who listen. For the receiver alone.
    /// </summary>
    /// <param name="header">The request's frame.</param>
    /// <param name="headers">Its headers; null for none, or when they were not read.</param>
    /// <param name="refusal">Why.</param>
    private void Refuse(in FrameHeader header, RpcHeaders? headers, ErrorMessage refusal)
    {
        if ((header.Flags & FrameFlags.OneWay) == 0)
        {
            CountAnswer(FrameHeader.Size + refusal.Detail.Length);
            WriteError(header.CallId, refusal);
        }

        if (Instruments.ObservesServers) ObserveRefusal(header, headers, refusal);
    }

    /// <summary>
    /// Counts a frame that costs the peer next to nothing. Each request pays for some of them, time for the others: a peer that sends more
    /// is cut off.
    /// </summary>
    private void CountControl(FrameType type, int cost = 1)
    {
        _controlBudget -= cost;
        if (_controlBudget >= 0) return;
        long now = Environment.TickCount64;
        long requests = Running.Started;
        long earned = Math.Min(ControlFrames, (now - _budgetedAt) * ControlFrames / 1000);
        earned += (requests - _budgetedRequests) * FramesPerRequest;
        _budgetedAt = now;
        _budgetedRequests = requests;
        _controlBudget = (int)Math.Min(_controlBudget + earned, int.MaxValue);
        if (_controlBudget >= 0) return;
        _settings.Rejections?.CountCut();
        throw new ProtocolException(
            $"{RemoteAddress} floods the connection: more than {ControlFrames:N0} pings, cancellations, descriptions and the like "
            + $"in a second, the last one a {type}",
            RpcStatusCode.ResourceExhausted);
    }

    /// <summary>
    /// Counts what the receiver answers while the peer reads nothing. A side that stops reading when its output is full needs no
    /// such count; one that must go on reading cuts the peer off.
    /// </summary>
    private void CountAnswer(long bytes)
    {
        if (_pausesWhenFull || !Output.IsFull) return;
        long sent = Output.LastSent;
        if (sent != _answersSince)
        {
            _answersSince = sent;
            _answersUnread = 0;
        }

        _answersUnread += bytes;
        if (_answersUnread <= _settings.Local.MaxOutputBacklog) return;
        _settings.Rejections?.CountCut();
        throw new ProtocolException(
            $"{RemoteAddress} does not read: {_answersUnread:N0} bytes of answers to its pings and refused requests wait "
            + $"beside {_settings.Local.MaxOutputBacklog:N0} others (MaxOutputBacklog)",
            RpcStatusCode.ResourceExhausted);
    }

    /// <summary>Whether a request that cannot be read has a line of its own in the log. Tells also how many had none.</summary>
    private bool MayLogUnreadable()
    {
        bool may = _unreadable.TryTake(Environment.TickCount64, out long suppressed);
        if (suppressed > 0) ConnectionLog.UnreadableSuppressed(_logger, RemoteAddress, suppressed);
        return may;
    }

    private void AnswerPing(ulong callId)
    {
        CountControl(FrameType.Ping);
        CountAnswer(FrameHeader.Size);
        Output.WriteEmpty(FrameType.Pong, callId);
    }
}
