using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Etcd.Protocol;
using SourceGen.Rpc.Registries.Shared;

namespace SourceGen.Rpc.Registries.Etcd.Registration;

/// <summary>
/// Enters and removes nodes. One lease for the nodes of one call: a lease for each client would let a service live on whose own
/// registering has stopped, and one for each node would cost a request for each.
/// </summary>
internal sealed class EtcdRegistrar(EtcdClient client, ILogger logger)
{
    /// <summary>etcd's own limits for one transaction are 128 actions and 1.5 MiB.</summary>
    private const int MaxActions = 64;
    private const int MaxBytes = 512 * 1024;
    private const int MaxAttempts = 3;

    private readonly RegistrationTable _registrations = new();

    /// <summary>Enters nodes under a lease, or renews it and makes good whatever was lost.</summary>
    public async ValueTask RegisterAsync(RegistryOperation operation, ServiceRecord record, ImmutableArray<NodeEntry> nodes, long seconds)
    {
        LeasedRegistration registration = _registrations.GetOrAdd(nodes, seconds);
        await EnterAsync(operation, registration).ConfigureAwait(false);
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                if (await IsStandingAsync(operation, record, registration, nodes).ConfigureAwait(false)) return;
                if (await PutAsync(operation, record, registration, nodes).ConfigureAwait(false)) return;
                if (attempt == MaxAttempts)
                {
                    throw client.Fail(
                        operation,
                        new EtcdError(RpcStatusCode.Unavailable, "its leases end as soon as they are made; is its clock right?"));
                }
            }
        }
        finally
        {
            registration.Gate.Release();
        }
    }

    /// <summary>Enters nodes that stay. What stands there already as it should is not written again.</summary>
    public async ValueTask RegisterPersistentAsync(RegistryOperation operation, ServiceRecord record, ImmutableArray<NodeEntry> nodes)
    {
        foreach (NodeEntry[] part in Split(nodes))
        {
            EtcdTransaction transaction = new()
            {
                Compare =
                [
                    .. part.Select(static node => new EtcdCompare(node.Key, EtcdCompareTarget.Value) { Value = node.Value }),
                    .. part.Select(static node => new EtcdCompare(node.Key, EtcdCompareTarget.Lease)),
                ],
                Else = [.. part.Select(static node => node.PutUnder(lease: 0))],
            };
            EtcdAnswer<EtcdTransactionResult> answer = await client.RunAsync(operation, transaction).ConfigureAwait(false);
            if (answer.Error is { } error) throw TooLarge(operation, record, part, error);
            foreach (NodeEntry node in part) _registrations.SetOwner(node.Key, null);
        }
    }

    /// <summary>Removes nodes that hang on a lease, each only when it is still the one that was entered.</summary>
    public async ValueTask DeregisterAsync(RegistryOperation operation, ImmutableArray<NodeEntry> nodes)
    {
        foreach (IGrouping<LeasedRegistration?, NodeEntry> group in nodes.GroupBy(node => _registrations.OwnerOf(node.Key)).ToArray())
        {
            if (group.Key is not { } registration)
            {
                // Entered by another program, or by an earlier run of this one: it is the same registration when it says the same.
                await RemoveEachAsync(
                    operation, group, static node => new EtcdCompare(node.Key, EtcdCompareTarget.Value) { Value = node.Value })
                    .ConfigureAwait(false);
                continue;
            }

            await EnterAsync(operation, registration).ConfigureAwait(false);
            try
            {
                await RemoveAsync(operation, registration, [.. group]).ConfigureAwait(false);
            }
            finally
            {
                registration.Gate.Release();
            }
        }
    }

    /// <summary>Removes nodes that stay until they are removed.</summary>
    /// <returns>The first node that was not there, or null.</returns>
    public async ValueTask<NodeEntry?> DeregisterPersistentAsync(RegistryOperation operation, ImmutableArray<NodeEntry> nodes)
    {
        NodeEntry? missing = null;
        foreach (NodeEntry node in nodes)
        {
            EtcdTransaction transaction = new() { Then = [new EtcdAction(EtcdActionKind.Delete, node.Key)] };
            EtcdTransactionResult result = await RunAsync(operation, transaction).ConfigureAwait(false);
            if (result.Deleted == 0) missing ??= node;
            _registrations.SetOwner(node.Key, null);
        }

        return missing;
    }

    /// <summary>Renews the lease, and looks whether all nodes still stand there as they were put.</summary>
    private async ValueTask<bool> IsStandingAsync(
        RegistryOperation operation, ServiceRecord record, LeasedRegistration registration, ImmutableArray<NodeEntry> nodes)
    {
        if (registration.Lease == 0) return false;
        if (!await client.KeepAliveAsync(operation, registration.Lease).ConfigureAwait(false))
        {
            EtcdLog.LeaseLost(logger, record.Key, registration.Seconds);
            registration.Lease = 0;
            return false;
        }

        foreach (NodeEntry node in nodes)
        {
            if (!registration.Entered.TryGetValue(node.Key, out (byte[] Value, long Revision) entered)) return false;
            if (!node.Value.AsSpan().SequenceEqual(entered.Value)) return false;
        }

        foreach (NodeEntry[] part in nodes.Chunk(MaxActions))
        {
            // A key with the revision that putting it made has the value and the lease that it was put with.
            EtcdTransaction transaction = new()
            {
                Compare =
                [
                    .. part.Select(
                        node =>
                            new EtcdCompare(node.Key, EtcdCompareTarget.ModRevision) { Number = registration.Entered[node.Key].Revision }),
                ],
                Else = [.. part.Select(static node => new EtcdAction(EtcdActionKind.ReadKey, node.Key))],
            };
            EtcdTransactionResult result = await RunAsync(operation, transaction).ConfigureAwait(false);
            if (result.Held) continue;
            if (result.Read.Any(item => item.Lease != registration.Lease)) EtcdLog.NodeReplaced(logger, record.Key);
            else EtcdLog.NodeGone(logger, record.Key);
            return false;
        }

        return true;
    }

    /// <summary>Puts the nodes, under a new lease when there is none.</summary>
    /// <returns>False when the lease ended before they were put.</returns>
    private async ValueTask<bool> PutAsync(
        RegistryOperation operation, ServiceRecord record, LeasedRegistration registration, ImmutableArray<NodeEntry> nodes)
    {
        if (registration.Lease == 0)
        {
            // Known before it is used: what a request whose answer was lost has put can be found by it.
            long id = Random.Shared.NextInt64(1, long.MaxValue);
            EtcdLease lease = await client.GrantAsync(operation, id, registration.Seconds).ConfigureAwait(false);
            registration.Lease = lease.Id == 0 ? id : lease.Id;
            registration.Entered.Clear();
        }

        foreach (NodeEntry[] part in Split(nodes))
        {
            foreach (NodeEntry node in part) _registrations.SetOwner(node.Key, registration);
            EtcdTransaction transaction = new() { Then = [.. part.Select(node => node.PutUnder(registration.Lease))] };
            EtcdAnswer<EtcdTransactionResult> answer = await client.RunAsync(operation, transaction).ConfigureAwait(false);
            if (answer.Error is { IsLeaseNotFound: true })
            {
                registration.Lease = 0;
                return false;
            }

            if (answer.Error is { } error) throw TooLarge(operation, record, part, error);
            foreach (NodeEntry node in part) registration.Entered[node.Key] = (node.Value, answer.Result!.Revision);
        }

        return true;
    }

    private async ValueTask RemoveAsync(RegistryOperation operation, LeasedRegistration registration, NodeEntry[] nodes)
    {
        long lease = registration.Lease;
        // Without a lease nothing that was put can be left.
        if (lease != 0)
        {
            await RemoveEachAsync(
                operation, nodes, node => new EtcdCompare(node.Key, EtcdCompareTarget.Lease) { Number = lease }).ConfigureAwait(false);
        }

        foreach (NodeEntry node in nodes)
        {
            registration.Entered.Remove(node.Key);
            _registrations.SetOwner(node.Key, null);
        }

        if (registration.Entered.Count > 0) return;
        _registrations.RemoveIfUnused(registration);
        registration.Lease = 0;
        if (lease == 0) return;
        try
        {
            await client.RevokeAsync(operation, lease).ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            // The nodes are gone, which is what was asked for; the lease, on which nothing hangs, ends by itself.
            EtcdLog.LeaseLeft(logger, e, registration.Seconds);
        }
    }

    private async ValueTask RemoveEachAsync(RegistryOperation operation, IEnumerable<NodeEntry> nodes, Func<NodeEntry, EtcdCompare> isOurs)
    {
        foreach (NodeEntry[] part in nodes.Chunk(MaxActions))
        {
            EtcdTransaction all = new()
            {
                Compare = [.. part.Select(isOurs)],
                Then = [.. part.Select(static node => new EtcdAction(EtcdActionKind.Delete, node.Key))],
            };
            EtcdTransactionResult result = await RunAsync(operation, all).ConfigureAwait(false);
            if (result.Held || part.Length == 1) continue;
            foreach (NodeEntry node in part) await RemoveEachAsync(operation, [node], isOurs).ConfigureAwait(false);
        }
    }

    private async ValueTask<EtcdTransactionResult> RunAsync(RegistryOperation operation, EtcdTransaction transaction)
    {
        EtcdAnswer<EtcdTransactionResult> answer = await client.RunAsync(operation, transaction).ConfigureAwait(false);
        return answer.Result ?? throw client.Fail(operation, answer.Error!);
    }

    private async ValueTask EnterAsync(RegistryOperation operation, LeasedRegistration registration)
    {
        try
        {
            await registration.Gate.WaitAsync(operation.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            operation.ThrowIfGivenUp();
            throw client.Fail(
                operation, new EtcdError(RpcStatusCode.Unavailable, "the time was over while another call for these nodes was under way"));
        }
    }

    private static IEnumerable<NodeEntry[]> Split(ImmutableArray<NodeEntry> nodes)
    {
        List<NodeEntry> part = [];
        int bytes = 0;
        foreach (NodeEntry node in nodes)
        {
            if (part.Count > 0 && (part.Count == MaxActions || bytes + node.Value.Length > MaxBytes))
            {
                yield return [.. part];
                part.Clear();
                bytes = 0;
            }

            part.Add(node);
            bytes += node.Value.Length;
        }

        yield return [.. part];
    }

    private Exception TooLarge(RegistryOperation operation, ServiceRecord record, NodeEntry[] part, EtcdError error)
    {
        if (!error.IsTooLarge) return client.Fail(operation, error);
        NodeEntry largest = part.MaxBy(static node => node.Value.Length)!;
        return RegistryErrors.Invalid(record, string.Create(
            CultureInfo.InvariantCulture,
            $"with the node {largest.NodeId} it has {largest.Value.Length:N0} bytes, which is more than this etcd takes ({error.Message}); "
            + $"leave out metadata or descriptions of endpoints, or raise etcd's --max-request-bytes."));
    }
}
