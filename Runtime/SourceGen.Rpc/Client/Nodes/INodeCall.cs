namespace SourceGen.Rpc.Client.Nodes;

/// <summary>One call, with its arguments, that can be sent to any server of its service, and more than once.</summary>
internal interface INodeCall<TResponse>
{
    /// <summary>Sends it.</summary>
    /// <param name="node">Where.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<TResponse> SendAsync(Node node, CancellationToken cancellationToken);
}
