using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>
/// A request that was refused without becoming a call, for those who listen: exists only if somebody does, and tells them where handlers
/// run, because the receiver, which refused it, runs nobody's code.
/// </summary>
/// <param name="connection">Where the request came from.</param>
/// <param name="methodName">Service and method.</param>
/// <param name="observation">Who listens.</param>
/// <param name="headers">The request's headers; null when it had none, or they were not read.</param>
/// <param name="refusal">The answer to the caller.</param>
internal sealed class RefusedCall(
    RpcConnection connection, string methodName, ServerObservation observation, RpcHeaders? headers, ErrorMessage refusal)
    : BatchItem(runsInCallersContext: false)
{
    private ServerObservation _observation = observation;

    public override void Run()
    {
        try
        {
            _observation.Enter(headers, connection);
            _observation.End(refusal.Code, refusal.Detail, refusal.Refused);
        }
        catch (Exception e)
        {
            connection.ListenerFailed(methodName, e);
        }
    }
}
