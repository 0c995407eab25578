using System.Diagnostics;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Telemetry;

/// <summary>What telemetry says of every call of one method that this side serves, found out once.</summary>
internal sealed class ServerTelemetry(RpcMethod method)
{
    private readonly KeyValuePair<string, object?>[] _tags =
    [
        new(RpcTelemetry.SystemName, RpcTelemetry.ThisSystem),
        new(RpcTelemetry.Method, method.FullName),
    ];

    private readonly bool _isTraced = BuiltInNames.AreTraced(method.Contract.Name);

    /// <summary>Whether its calls are answered, so that there is a status.</summary>
    public bool IsAnswered { get; } = (method.Options & RpcMethodOptions.OneWay) == 0;

    /// <summary>What spans have from their beginning, and every measurement has.</summary>
    public ReadOnlySpan<KeyValuePair<string, object?>> Tags => _tags;

    /// <summary>A call has been received. Only the receiver may call it, and it runs no listener's code.</summary>
    public ServerObservation Receive()
    {
        bool isTraced = _isTraced && Instruments.Source.HasListeners();
        return isTraced || Instruments.ServerDuration.Enabled ? new ServerObservation(this, isTraced) : default;
    }

    /// <summary>Starts a call's span, which is the current activity from then on.</summary>
    /// <param name="headers">The call's headers; null for none.</param>
    /// <param name="received">When it was received.</param>
    /// <returns>Null when nobody wants it.</returns>
    public Activity? StartActivity(RpcHeaders? headers, DateTime received)
    {
        // Without a span of the caller's it is the first of a trace, whatever the thread was doing before.
        if (!TraceHeaders.TryRead(headers, out ActivityContext parent) && Activity.Current is not null) Activity.Current = null;
        return Instruments.Source.StartActivity(
            method.FullName, ActivityKind.Server, parent, _tags, links: null, new DateTimeOffset(received));
    }
}
