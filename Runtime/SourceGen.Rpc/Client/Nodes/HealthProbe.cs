using SourceGen.Rpc.BuiltIn;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.InProcess;
using SourceGen.Rpc.Selection;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>Asks servers for their health over the connections that calls use.</summary>
internal sealed class HealthProbe(NodeConnections connections)
{
    /// <summary>Asks one server about the service it is called for.</summary>
    /// <param name="node">The server.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it serves. A server that has no health service and answers at all does.</returns>
    /// <exception cref="RpcException">It did not answer.</exception>
    public async ValueTask<bool> AskAsync(NodeState node, CancellationToken cancellationToken)
    {
        ClientChannel channel = connections.Acquire(NodeAddressChoice.Local.Choose(node.Instance));
        try
        {
            await channel.WaitForConnectionAsync("rpc.Health/Check", remainingMs: -1, cancellationToken).ConfigureAwait(false);
            IHealth health = GetContract<IHealth>().CreateProxy(channel);
            return await health.CheckAsync(node.Instance.Record.Name, cancellationToken).ConfigureAwait(false) == ServingStatus.Serving;
        }
        catch (RpcException e) when (e.Code == RpcStatusCode.Unimplemented)
        {
            return true;
        }
        finally
        {
            connections.Release(channel);
        }
    }

    private static RpcContract<TService> GetContract<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract;
}
