using SourceGen.Rpc.Brokers.Nats.Protocol;

namespace SourceGen.Rpc.Brokers.Nats.Connection;

/// <summary>What the loop that reads brings.</summary>
internal sealed partial class NatsClient
{
    /// <summary>A message came.</summary>
    public void OnMessage(in NatsFrame frame)
    {
        NatsSubscriber? subscriber;
        NatsOverlap? overlap;
        lock (_gate)
        {
            _subscribers.TryGetValue(frame.Sid, out subscriber);
            if (_overlap is { IsOver: true }) _overlap = null;
            overlap = _overlap;
        }

        // One that was unsubscribed from may still come.
        if (subscriber is null) return;
        // A group gets each message once, by whichever connection.
        if (overlap is not null && subscriber.Queue is null && overlap.HasCome(in frame)) return;
        subscriber.OnMessage(in frame);
    }

    /// <summary>The server said something of itself.</summary>
    public void OnInfo(NatsConnection connection) => _servers.Learn(connection.Info, connection.Server, connection.IsEncrypted);

    /// <summary>The server refused something.</summary>
    /// <returns>Whether the connection lasts.</returns>
    public bool OnRefusal(string problem)
    {
        if (!problem.StartsWith("Permissions Violation", StringComparison.OrdinalIgnoreCase)) return false;
        NatsLog.NotPermitted(_logger, Address, problem);
        int start = problem.IndexOf('"', StringComparison.Ordinal) + 1;
        int end = start > 0 ? problem.IndexOf('"', start) : -1;
        if (end < 0) return true;
        string subject = problem[start..end];
        lock (_gate)
        {
            if (problem.Contains("Subscription", StringComparison.OrdinalIgnoreCase))
            {
                foreach (NatsSubscriber subscriber in _subscribers.Values)
                {
                    if (subscriber.Subject == subject) subscriber.Refusal = problem;
                }

                return true;
            }

            foreach (NatsRequest request in _requests.Values)
            {
                if (request.Subject != subject) continue;
                request.TrySetException(new RpcException(RpcStatusCode.PermissionDenied, $"The broker {Address} does not permit it: {problem}")
                {
                    Progress = RpcCallProgress.Refused,
                });
            }
        }

        return true;
    }
}
