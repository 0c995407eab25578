using System.Diagnostics;
using SourceGen.Rpc.Selection.Health;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>One sending of a call to one server.</summary>
internal static class Attempt
{
    /// <summary>Sends a call to a server within what remains of its time, and notes how it went.</summary>
    /// <param name="route">What is called.</param>
    /// <param name="call">With which arguments.</param>
    /// <param name="node">Where.</param>
    /// <param name="attempts">What remains of the call's time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<TResponse> SendAsync<TCall, TResponse>(
        NodeRoute route, TCall call, Node node, Attempts attempts, CancellationToken cancellationToken)
        where TCall : struct, INodeCall<TResponse>
    {
        long started = Stopwatch.GetTimestamp();
        CircuitPass pass = route.Begin(node);
        try
        {
            ValueTask<TResponse> sent;
            using (attempts.Limit()) sent = call.SendAsync(node, cancellationToken);
            TResponse response = await sent.ConfigureAwait(false);
            route.Mark(node, pass, started, error: null);
            return response;
        }
        catch (Exception e)
        {
            route.Mark(node, pass, started, e);
            throw;
        }
    }
}
