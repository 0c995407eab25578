using System.Diagnostics;
using System.Globalization;

namespace SourceGen.Rpc.PubSub.Publishing;

/// <summary>What travels beside an event that is published here and now.</summary>
internal static class EventHeaders
{
    /// <summary>Gathers it. Allocates nothing when there is nothing.</summary>
    /// <param name="topic">The event's topic, for the error.</param>
    /// <param name="codec">The codec's name; null for the usual one.</param>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.DeadlineExceeded"/>: the time of the scope around it has passed.</exception>
    public static ReadOnlyMemory<KeyValuePair<string, string>> Capture(string topic, string? codec)
    {
        Activity? activity = Activity.Current;
        bool isTraced = activity is { IdFormat: ActivityIdFormat.W3C, Id: not null };
        object? ambient = AmbientContext.MayHaveValue ? AmbientContext.Value : null;
        if (codec is null && !isTraced && ambient is null) return default;

        List<KeyValuePair<string, string>> headers = [];
        if (ambient is not null)
        {
            if (RpcCallScope.CaptureHeaders() is { } captured)
            {
                headers.AddRange(captured.Headers);
                headers.AddRange(captured.Baggage.Select(static one => new KeyValuePair<string, string>(MessageHeaderNames.BaggagePrefix + one.Key, one.Value)));
            }

            AddDeadline(headers, topic, ambient);
        }

        if (isTraced)
        {
            headers.Add(new(RpcTelemetry.TraceParent, activity!.Id!));
            if (activity.TraceStateString is { Length: > 0 } state) headers.Add(new(RpcTelemetry.TraceState, state));
        }

        if (codec is not null) headers.Add(new(MessageHeaderNames.Codec, codec));
        return headers.Count == 0 ? default : headers.ToArray();
    }

    /// <summary>
    /// The time of scopes is the event's. That of a call that is being served is not: what has happened has happened, also for those who hear of it later.
    /// </summary>
    private static void AddDeadline(List<KeyValuePair<string, string>> headers, string topic, object ambient)
    {
        long expires = long.MaxValue;
        for (RpcCallScope? scope = RpcCallScope.Innermost(ambient); scope is not null; scope = scope.Outer) expires = Math.Min(expires, scope.Expires);
        if (expires == long.MaxValue) return;
        long remaining = expires - Environment.TickCount64;
        if (remaining <= 0)
        {
            throw new RpcException(RpcStatusCode.DeadlineExceeded, $"'{topic}' was not published: the time of the RpcCallScope around it has passed.")
            {
                Progress = RpcCallProgress.NotSent,
            };
        }

        long at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + remaining;
        headers.Add(new(MessageHeaderNames.Expires, at.ToString(CultureInfo.InvariantCulture)));
    }
}
