using System.Diagnostics;
using SourceGen.Rpc.Errors;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Telemetry;

/// <summary>One call that somebody listens to, from when it is made to its end; the default value is one that nobody listens to.</summary>
internal readonly struct ClientObservation
{
    private readonly ClientTelemetry? _method;
    private readonly Activity? _activity;
    private readonly long _started;
    private readonly bool _isTraced;

    /// <param name="method">The method.</param>
    /// <param name="isTraced">Whether somebody listens for spans.</param>
    /// <param name="activity">The call's span; null when nobody wants this one.</param>
    public ClientObservation(ClientTelemetry method, bool isTraced, Activity? activity)
    {
        _method = method;
        _isTraced = isTraced;
        _activity = activity;
        _started = Stopwatch.GetTimestamp();
    }

    /// <summary>Whether somebody listens.</summary>
    public bool IsOn => _method is not null;

    /// <summary>The call is about to be written.</summary>
    /// <param name="headers">Its headers, encoded; null for none.</param>
    /// <param name="connection">Where to.</param>
    /// <returns>The headers with the trace.</returns>
    public byte[]? Send(byte[]? headers, RpcConnection connection)
    {
        if (!_isTraced) return headers;
        if (_activity is { IsAllDataRequested: true }) connection.PeerEndpoint.TagAsPeer(_activity);

        // Nobody wants a span of this call: what it belongs to is passed on as it is.
        return (_activity ?? Activity.Current) is { } carried ? TraceHeaders.Add(headers, carried, connection.Peer.MaxHeaderSize) : headers;
    }

    /// <summary>The call is over.</summary>
    /// <param name="error">What it failed with, or null.</param>
    /// <param name="wasLeft">Whether it did not fail, although it ended with a cancellation: its caller wanted no more of a stream.</param>
    public void End(Exception? error, bool wasLeft = false)
    {
        if (_method is null) return;
        string? status = error is null ? (_method.IsAnswered ? StatusNames.Of(RpcStatusCode.OK) : null) : StatusOf(error);
        string? errorType = error is null || (wasLeft && error is OperationCanceledException) ? null : status ?? error.GetType().FullName;
        TimeSpan duration = _activity is null ? Stopwatch.GetElapsedTime(_started) : Stop(_activity, status, errorType, error);
        if (!Instruments.ClientDuration.Enabled) return;
        TagList tags = new(_method.Tags);
        if (status is not null) tags.Add(RpcTelemetry.StatusCode, status);
        if (errorType is not null) tags.Add(RpcTelemetry.ErrorType, errorType);
        Instruments.ClientDuration.Record(duration.TotalSeconds, in tags);
    }

    /// <summary>The status that the server answered with, or that the call got on this side; null when it has none.</summary>
    private static string? StatusOf(Exception error) => error switch
    {
        RpcException rpc => StatusNames.Of(rpc.Code == RpcStatusCode.OK ? RpcStatusCode.Unknown : rpc.Code),
        OperationCanceledException => StatusNames.Of(RpcStatusCode.Cancelled),
        _ => error.GetRemoteError() is { } remote ? StatusNames.Of(remote.Code) : null,
    };

    private static TimeSpan Stop(Activity activity, string? status, string? errorType, Exception? error)
    {
        if (activity.IsAllDataRequested)
        {
            if (status is not null) activity.SetTag(RpcTelemetry.StatusCode, status);
            if (errorType is not null)
            {
                activity.SetTag(RpcTelemetry.ErrorType, errorType);
                activity.SetStatus(ActivityStatusCode.Error, ErrorTexts.MessageOf(error!));
            }
        }

        return activity.StopAside();
    }
}
