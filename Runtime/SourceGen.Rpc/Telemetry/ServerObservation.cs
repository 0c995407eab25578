using System.Diagnostics;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Telemetry;

/// <summary>
/// One call that this side serves and that somebody listens to, from when it was received until its reply is written; the default value is
/// one that nobody listens to.
/// </summary>
internal struct ServerObservation
{
    private readonly ServerTelemetry? _method;
    private readonly long _started;
    private readonly DateTime _received;
    private Activity? _activity;

    /// <param name="method">The method.</param>
    /// <param name="isTraced">Whether somebody listens for spans.</param>
    public ServerObservation(ServerTelemetry method, bool isTraced)
    {
        _method = method;
        _started = Stopwatch.GetTimestamp();
        if (isTraced) _received = DateTime.UtcNow;
    }

    /// <summary>Whether somebody listens.</summary>
    public readonly bool IsOn => _method is not null;

    /// <summary>The trace that the call belongs to; none when it has no span.</summary>
    public readonly ActivityTraceId TraceId => _activity?.TraceId ?? default;

    /// <summary>The call's handler is about to run: the call's span is the current activity, where it has one.</summary>
    /// <param name="headers">The call's headers; null for none.</param>
    /// <param name="connection">Where it came from.</param>
    public void Enter(RpcHeaders? headers, RpcConnection connection)
    {
        if (_received == default) return;
        _activity = _method!.StartActivity(headers, _received);
        if (_activity is { IsAllDataRequested: true }) connection.PeerEndpoint.TagAsPeer(_activity);
    }

    /// <summary>The call is over.</summary>
    /// <param name="code">What it was answered with.</param>
    /// <param name="description">What went wrong, in words; null when nothing did.</param>
    /// <param name="refused">
    /// Whether the handler was not run, which is an error whatever the code, unless it was the caller who gave up.
    /// </param>
    public readonly void End(RpcStatusCode code, string? description, bool refused = false)
    {
        if (_method is null) return;
        string name = StatusNames.Of(code);
        string? status = _method.IsAnswered ? name : null;
        bool failed = StatusNames.IsServerFailure(code) || (refused && code != RpcStatusCode.Cancelled);
        string? errorType = failed ? name : null;
        TimeSpan duration = _activity is null ? Stopwatch.GetElapsedTime(_started) : Stop(_activity, status, errorType, description);
        if (!Instruments.ServerDuration.Enabled) return;
        TagList tags = new(_method.Tags);
        if (status is not null) tags.Add(RpcTelemetry.StatusCode, status);
        if (errorType is not null) tags.Add(RpcTelemetry.ErrorType, errorType);
        Instruments.ServerDuration.Record(duration.TotalSeconds, in tags);
    }

    private static TimeSpan Stop(Activity activity, string? status, string? errorType, string? description)
    {
        if (activity.IsAllDataRequested)
        {
            if (status is not null) activity.SetTag(RpcTelemetry.StatusCode, status);
            if (errorType is not null)
            {
                activity.SetTag(RpcTelemetry.ErrorType, errorType);
                activity.SetStatus(ActivityStatusCode.Error, description);
            }
        }

        return activity.StopAside();
    }
}
