using System.Diagnostics;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>
/// What listeners learn of a call. Whether there are any is asked when it is received; the span begins with its handler, on a thread that
/// may run their code, and with the time at which the call was received.
/// </summary>
internal abstract partial class ServerCall
{
    private ServerObservation _observation;

    /// <summary>The trace that the call belongs to; default when it is not known to belong to one.</summary>
    private ActivityTraceId TraceId
    {
        get
        {
            if (_observation.TraceId is var trace && trace != default) return trace;
            return TraceHeaders.TryRead(_context?.RequestHeaders, out ActivityContext caller) ? caller.TraceId : default;
        }
    }

    /// <summary>Somebody may listen to calls. Only the receiver may call it, before the call is known to others.</summary>
    public void Observe(ServerTelemetry method) => _observation = method.Receive();

    /// <summary>Another call goes on in place of this one, and is what listeners learn of.</summary>
    protected void HandOverObservation(ServerCall successor)
    {
        successor._observation = _observation;
        _observation = default;
    }

    /// <summary>The reply of a call that has succeeded is written, or could not be.</summary>
    /// <param name="code">What was written.</param>
    protected void Replied(RpcStatusCode code)
    {
        if (!_observation.IsOn) return;
        EndObservation(code, code == RpcStatusCode.OK ? null : $"The result of {Called.FullName} cannot be encoded.");
    }

    /// <summary>The call was refused before its handler, and before it had a context.</summary>
    /// <param name="refusal">The answer to its caller.</param>
    /// <param name="headers">Its headers; null for none.</param>
    protected void Refused(ErrorMessage refusal, RpcHeaders? headers)
    {
        if (!_observation.IsOn) return;
        BeginSpan(headers);
        EndObservation(refusal.Code, refusal.Detail, refusal.Refused);
    }

    /// <summary>The call is about to be run, or is refused where it would be.</summary>
    protected void BeginSpan()
    {
        if (_observation.IsOn) BeginSpan(_context?.RequestHeaders);
    }

    private void BeginSpan(RpcHeaders? headers)
    {
        try
        {
            _observation.Enter(headers, Connection);
        }
        catch (Exception e)
        {
            Connection.ListenerFailed(Called.FullName, e);
        }
    }

    private void EndObservation(RpcStatusCode code, string? description, bool refused = false)
    {
        ServerObservation observation = _observation;
        _observation = default; // The object goes on to serve other calls.
        try
        {
            observation.End(code, description, refused);
        }
        catch (Exception e)
        {
            Connection.ListenerFailed(Called.FullName, e);
        }
    }
}
