using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Consul.Protocol;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Consul.Registration;

/// <summary>
/// Registers and deregisters nodes at agents. What an agent knows is asked each time and not assumed: it may have been restarted, or
/// another one than before. Thread safe.
/// </summary>
internal sealed class ConsulRegistrar(ConsulClient client, string address, ILogger logger)
{
    private const int MaxAttempts = 3;

    /// <summary>What was registered last, by its id. What is not here is registered anew.</summary>
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>Registers a node, or passes its check when the agent has it as it should be.</summary>
    public async ValueTask RegisterAsync(RegistryOperation operation, ServiceRecord single, ConsulService service, TimeSpan? timeToLive)
    {
        for (int attempt = 1; ; attempt++)
        {
            (ConsulService? local, int agent) = await client.FindLocalAsync(operation, service.Id).ConfigureAwait(false);
            if (local is not null && local.Name != service.Name)
            {
                throw RegistryErrors.Invalid(
                    single,
                    $"its node id {service.Id} is that of a node of {local.Name} at {address}; "
                    + "in Go Micro's layout ids are those of Consul's services, each of which is there once.");
            }

            bool isKnown = _known.TryGetValue(
                service.Id, out Known? known) && known.TimeToLive == timeToLive && known.Service.Matches(service);
            if (local is null || !isKnown || !local.Matches(service))
            {
                if (isKnown && local is null) ConsulLog.NodeGone(logger, client.Describe(agent), service.Id, single.Key);
                else if (isKnown) ConsulLog.NodeReplaced(logger, service.Id, single.Key);
                string? problem = await client.RegisterAsync(operation, service, timeToLive, agent).ConfigureAwait(false);
                if (problem is not null)
                {
                    throw RegistryErrors.Invalid(
                        single, $"{client.Describe(agent)} does not take the node {single.Nodes[0].Id}: {problem}");
                }
                _known[service.Id] = new Known(service, timeToLive);
            }

            // Also after registering: a check that was there before keeps its state, which may be critical.
            if (timeToLive is null || await client.PassAsync(operation, service, agent).ConfigureAwait(false)) return;
            _known.TryRemove(service.Id, out _);
            if (attempt == MaxAttempts)
            {
                throw RegistryErrors.Unavailable(
                    address, operation.What, $"{client.Describe(agent)} forgets the check of {service.Id} as soon as it is registered.");
            }
        }
    }

    /// <summary>Deregisters a node at every agent that has it: after a failover that is more than one.</summary>
    /// <param name="operation">What it is for.</param>
    /// <param name="single">The record with that node alone.</param>
    /// <param name="service">The node as it was registered.</param>
    /// <param name="isForced">Whether whatever has its id is removed, and not only what says the same or was registered here.</param>
    /// <returns>Whether it was there.</returns>
    public async ValueTask<bool> DeregisterAsync(RegistryOperation operation, ServiceRecord single, ConsulService service, bool isForced)
    {
        _known.TryRemove(service.Id, out Known? known);
        bool isFound = false;
        bool hasAnswered = false;
        RpcException? failure = null;
        for (int agent = 0; agent < client.Agents; agent++)
        {
            // One that says nothing must leave time for the others.
            using RegistryOperation part = new(operation.What, Share(operation.Remaining / (client.Agents - agent)), operation.Token);
            try
            {
                (ConsulService? local, _) = await client.FindLocalAsync(part, service.Id, agent).ConfigureAwait(false);
                hasAnswered = true;
                if (local is null || !(isForced || local.Matches(service) || (known is not null && local.Matches(known.Service)))) continue;
                await client.DeregisterAsync(part, service.Id, agent).ConfigureAwait(false);
                isFound = true;
            }
            catch (RpcException e) when (e.Code == RpcStatusCode.Unavailable)
            {
                failure = e;
                ConsulLog.AgentSkipped(logger, e, client.Describe(agent), single.Key);
            }
            catch (OperationCanceledException e)
            {
                operation.ThrowIfGivenUp();
                failure = RegistryErrors.Unavailable(address, operation.What, "the time was over", e);
            }
        }

        // What is not found may be at an agent that could not be asked; there it ends by itself, unless it is to stay.
        if (failure is not null && (!hasAnswered || (isForced && !isFound))) throw failure;
        return isFound;
    }

    private static TimeSpan Share(TimeSpan time) => time > TimeSpan.FromMilliseconds(1) ? time : TimeSpan.FromMilliseconds(1);

    /// <summary>What an agent was told.</summary>
    private sealed record Known(ConsulService Service, TimeSpan? TimeToLive);
}
