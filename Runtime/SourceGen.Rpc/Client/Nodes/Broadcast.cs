namespace SourceGen.Rpc.Client.Nodes;

/// <summary>Sends a call to every server of its service, at once.</summary>
internal static class Broadcast
{
    /// <summary>How many failures a message tells of one by one.</summary>
    private const int MostReasons = 5;

    /// <summary>Makes a call.</summary>
    /// <param name="route">What is called.</param>
    /// <param name="call">With which arguments.</param>
    /// <param name="attempts">What remains of its time.</param>
    /// <param name="cancellationToken">The token that it was made with.</param>
    /// <returns>One of the results.</returns>
    /// <exception cref="RpcException">It failed somewhere; the message says where, and why.</exception>
    public static async ValueTask<TResponse> RunAsync<TCall, TResponse>(
        NodeRoute route, TCall call, Attempts attempts, CancellationToken cancellationToken)
        where TCall : struct, INodeCall<TResponse>
    {
        List<Node> nodes;
        try
        {
            nodes = await route.Service.GetAllAsync(route.Method.FullName, attempts.RemainingMs, attempts.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (attempts.Token.IsCancellationRequested)
        {
            throw attempts.Cancelled();
        }

        Task<TResponse>[] sent = [.. nodes.Select(node => SendAsync(node).AsTask())];
        await ((Task)Task.WhenAll(sent)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (cancellationToken.IsCancellationRequested && sent.Any(static one => one.IsCanceled)) throw attempts.Cancelled();
        if (sent.All(static one => one.IsCompletedSuccessfully)) return await sent[^1].ConfigureAwait(false);
        throw Failed(route.Method.FullName, nodes, sent);

        async ValueTask<TResponse> SendAsync(Node node)
        {
            await node.Channel.WaitForConnectionAsync(route.Method.FullName, attempts.RemainingMs, attempts.Token).ConfigureAwait(false);
            return await Attempt.SendAsync<TCall, TResponse>(route, call, node, attempts, cancellationToken).ConfigureAwait(false);
        }
    }

    private static RpcException Failed<TResponse>(string methodName, List<Node> nodes, Task<TResponse>[] sent)
    {
        List<(Node Node, Exception Error)> failures = [];
        for (int i = 0; i < sent.Length; i++)
        {
            if (sent[i].Exception?.InnerException is { } error) failures.Add((nodes[i], error));
            else if (sent[i].IsCanceled) failures.Add((nodes[i], new OperationCanceledException()));
        }

        RpcException? first = failures.Select(static one => one.Error).OfType<RpcException>().FirstOrDefault();
        IEnumerable<string> reasons = failures.Take(MostReasons).Select(static one => $"{one.Node.State.Instance.Node.Address}: {one.Error.Message}");
        string more = failures.Count > MostReasons ? $" And {failures.Count - MostReasons:N0} more." : "";
        bool neverLeft = failures.Count == nodes.Count && failures.All(static one => one.Error is RpcException { Progress: RpcCallProgress.NotSent });
        return new RpcException(
            first?.Code ?? RpcStatusCode.Unknown,
            $"{methodName} failed at {failures.Count:N0} of {nodes.Count:N0} servers. {string.Join(" ", reasons)}{more}",
            new AggregateException(failures.Select(static one => one.Error)))
        {
            Progress = neverLeft ? RpcCallProgress.NotSent : first?.Progress is RpcCallProgress.Answered ? RpcCallProgress.Answered : RpcCallProgress.Unknown,
        };
    }
}
