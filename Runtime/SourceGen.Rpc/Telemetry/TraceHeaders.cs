using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Telemetry;

/// <summary>
/// The trace that a call belongs to, on its way: <c>traceparent</c> and <c>tracestate</c> of W3C Trace Context, level 1, as headers for the
/// next server and no further. What does not conform is ignored: a trace is never a reason for a call to fail.
/// </summary>
internal static class TraceHeaders
{
    /// <summary>The length of <c>traceparent</c> in version 00. Later versions may append to it.</summary>
    private const int ParentLength = 55;

    private const int LongestParent = 256;
    private const int LongestState = 512;
    private const int MostStateMembers = 32;

    /// <summary>Adds the trace to the headers of a call.</summary>
    /// <param name="headers">The call's headers, encoded; null for none.</param>
    /// <param name="activity">The span that the server's is to be a child of.</param>
    /// <param name="limit">The most bytes that the server takes.</param>
    /// <returns>The headers, encoded; without the trace if they would be too large with it.</returns>
    public static byte[]? Add(byte[]? headers, Activity activity, int limit)
    {
        if (activity.IdFormat != ActivityIdFormat.W3C || activity.Id is not { } parent) return headers;
        RpcHeaders hop;
        RpcHeaders? baggage = null;
        if (headers is null)
        {
            hop = new RpcHeaders();
        }
        else
        {
            (hop, baggage) = HeaderBlock.Decode(new ReadOnlySequence<byte>(headers), HeaderKind.Hop, HeaderKind.Baggage);
            hop = hop.Copy();
            hop.Remove(RpcTelemetry.TraceParent);
            hop.Remove(RpcTelemetry.TraceState);
        }

        hop.AddChecked(RpcTelemetry.TraceParent, parent);
        if (activity.TraceStateString is { Length: > 0 } state && IsState(state)) hop.AddChecked(RpcTelemetry.TraceState, state);
        byte[] traced = HeaderBlock.Encode(HeaderKind.Hop, hop, HeaderKind.Baggage, baggage)!;
        return traced.Length <= limit ? traced : headers;
    }

    /// <summary>Reads the caller's span from the headers of a request.</summary>
    /// <param name="headers">The headers; null for none.</param>
    /// <param name="parent">The span.</param>
    /// <returns>False when there is none, or several, or what there is does not conform.</returns>
    public static bool TryRead(RpcHeaders? headers, out ActivityContext parent)
    {
        parent = default;
        if (headers is null || headers.Count == 0) return false;
        IReadOnlyList<string> parents = headers.GetValues(RpcTelemetry.TraceParent);
        if (parents.Count != 1 || !TryTakeVersion00(parents[0], out string? text)) return false;
        string state = string.Join(',', headers.GetValues(RpcTelemetry.TraceState));
        if (!ActivityContext.TryParse(text, IsState(state) ? state : null, isRemote: true, out ActivityContext read)) return false;

        // Of the flags only the first means anything in this version.
        ActivityTraceFlags flags = read.TraceFlags & ActivityTraceFlags.Recorded;
        parent = new ActivityContext(read.TraceId, read.SpanId, flags, read.TraceState, isRemote: true);
        return true;
    }

    /// <summary>Checks what the class library does not, and cuts off what later versions have appended.</summary>
    private static bool TryTakeVersion00(string text, [NotNullWhen(true)] out string? version00)
    {
        version00 = null;
        if (text.Length is < ParentLength or > LongestParent) return false;
        if (text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
        if (text.Length > ParentLength && (text.StartsWith("00", StringComparison.Ordinal) || text[ParentLength] != '-')) return false;
        version00 = text[..ParentLength];
        return true;
    }

    /// <summary>Whether a text has the form of a list of keys with values, within the bounds that everybody must pass on.</summary>
    private static bool IsState(string text)
    {
        if (text.Length is 0 or > LongestState || text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return false;
        int members = 0;
        foreach (Range range in text.AsSpan().Split(','))
        {
            ReadOnlySpan<char> member = text.AsSpan(range).Trim(' ');
            if (member.IsEmpty) continue;
            int equals = member.IndexOf('=');
            if (++members > MostStateMembers || equals <= 0 || equals == member.Length - 1) return false;
        }

        return members > 0;
    }
}
