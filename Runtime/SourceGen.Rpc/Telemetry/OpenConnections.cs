using System.Diagnostics.Metrics;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Telemetry;

/// <summary>
/// The open connections of the process, for whoever measures: each counts for itself and is asked here, so that counting costs calls
/// nothing. Those that have ended leave their bytes behind, lest a sum ever become less.
/// </summary>
internal sealed class OpenConnections
{
    private static readonly KeyValuePair<string, object?> s_transmit = new(RpcTelemetry.Direction, RpcTelemetry.Transmit);
    private static readonly KeyValuePair<string, object?> s_receive = new(RpcTelemetry.Direction, RpcTelemetry.Receive);

    private readonly Lock _gate = new();
    private readonly HashSet<RpcConnection> _open = [];
    private ByteCounts _endedOpened;
    private ByteCounts _endedAccepted;

    /// <summary>A connection begins.</summary>
    public void Add(RpcConnection connection)
    {
        lock (_gate) _open.Add(connection);
    }

    /// <summary>A connection has ended, and neither sends nor receives any more.</summary>
    public void Remove(RpcConnection connection)
    {
        lock (_gate)
        {
            if (!_open.Remove(connection)) return;
            if (connection.IsAccepted) _endedAccepted += connection.Bytes;
            else _endedOpened += connection.Bytes;
        }
    }

    /// <summary>Open connections.</summary>
    /// <param name="accepted">Those that this process accepted, or those that it opened.</param>
    public long Count(bool accepted)
    {
        lock (_gate) return _open.Count(connection => connection.IsAccepted == accepted);
    }

    /// <summary>Calls that this process made and that wait for their answer.</summary>
    public long CountCallsMade()
    {
        lock (_gate) return _open.Sum(static connection => (long)connection.Calls.InFlight);
    }

    /// <summary>Calls that this process serves.</summary>
    public long CountCallsServed()
    {
        lock (_gate) return _open.Sum(static connection => (long)connection.Running.Count);
    }

    /// <summary>The bytes of all connections since the process began.</summary>
    /// <param name="accepted">Those that this process accepted, or those that it opened.</param>
    public Measurement<long>[] MeasureBytes(bool accepted)
    {
        ByteCounts bytes;
        lock (_gate)
        {
            bytes = accepted ? _endedAccepted : _endedOpened;
            foreach (RpcConnection connection in _open)
            {
                if (connection.IsAccepted == accepted) bytes += connection.Bytes;
            }
        }

        return [new Measurement<long>(bytes.Sent, s_transmit), new Measurement<long>(bytes.Received, s_receive)];
    }
}
