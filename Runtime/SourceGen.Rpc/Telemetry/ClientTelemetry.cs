using System.Diagnostics;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Telemetry;

/// <summary>What telemetry says of every call of one method that a channel makes, found out once.</summary>
internal sealed class ClientTelemetry
{
    private readonly RpcMethod _method;
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly bool _isTraced;

    /// <param name="method">The method.</param>
    /// <param name="server">Where the channel's server was said to be; null for a peer, which has no address of its own.</param>
    public ClientTelemetry(RpcMethod method, TelemetryEndpoint? server)
    {
        _method = method;
        _isTraced = BuiltInNames.AreTraced(method.Contract.Name);
        IsAnswered = (method.Options & RpcMethodOptions.OneWay) == 0;
        List<KeyValuePair<string, object?>> tags =
        [
            new(RpcTelemetry.SystemName, RpcTelemetry.ThisSystem),
            new(RpcTelemetry.Method, method.FullName),
        ];
        if (server is not null) tags.Add(new(RpcTelemetry.ServerAddress, server.Address));
        if (server?.Port is not null) tags.Add(new(RpcTelemetry.ServerPort, server.Port));
        _tags = [.. tags];
    }

    /// <summary>Whether the server answers, so that there is a status.</summary>
    public bool IsAnswered { get; }

    /// <summary>What spans have from their beginning, and every measurement has.</summary>
    public ReadOnlySpan<KeyValuePair<string, object?>> Tags => _tags;

    /// <summary>A call is made, by this thread. The caller's current activity stays what it is.</summary>
    public ClientObservation Begin()
    {
        bool isTraced = _isTraced && Instruments.Source.HasListeners();
        if (!isTraced && !Instruments.ClientDuration.Enabled) return default;
        return new ClientObservation(this, isTraced, isTraced ? StartActivity() : null);
    }

    private Activity? StartActivity()
    {
        // Not by setting the current activity again: one that was stopped, as a handler's is for the tasks that outlive it, cannot be set.
        ExecutionContext? context = ExecutionContext.Capture();
        Activity? before = Activity.Current;
        Activity? activity = Instruments.Source.StartActivity(_method.FullName, ActivityKind.Client, parentContext: default, _tags);
        if (context is not null) ExecutionContext.Restore(context);
        else Activity.Current = before; // The flow is suppressed, and there is nothing else to restore.
        return activity;
    }
}
