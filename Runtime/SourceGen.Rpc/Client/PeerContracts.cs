using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.Security;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Client;

/// <summary>
/// Matches this side's contracts with what the peer of one connection offers. Equal fingerprints settle it without a word; otherwise
/// the peer's schema is fetched once and compared method by method.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="role">What the peer is, for messages: server or client.</param>
/// <param name="logger">Where differences are logged.</param>
internal sealed class PeerContracts(RpcConnection connection, string role, ILogger logger)
{
    private const int DescribeTimeoutMs = 5000;

    private readonly ConcurrentDictionary<RpcContract, Task<ContractBinding>> _bindings = new();

    /// <summary>Gets the numbers of a contract's methods.</summary>
    /// <exception cref="RpcException">The peer does not offer the service, or the connection was lost.</exception>
    public async ValueTask<ContractBinding> BindAsync(RpcContract contract, CancellationToken cancellationToken)
    {
        OfferedService offered = Find(contract);
        if (offered.Fingerprint == contract.Fingerprint) return ContractBinding.Same(offered.FirstMethod);
        if (offered.MethodCount == 0) return ContractBinding.Compared(0, Compare(contract, $"service {Quote(offered.Name)}\n"));
        Task<ContractBinding> binding = _bindings.GetOrAdd(
            contract, static (contract, state) => state.self.CompareAsync(contract, state.offered), (self: this, offered));
        try
        {
            return await binding.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // The next call asks again: a description that did not come in time is no lasting answer.
            if (binding.IsFaulted) _bindings.TryRemove(new KeyValuePair<RpcContract, Task<ContractBinding>>(contract, binding));
        }
    }

    private static string Quote(string name) => $"\"{name.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    /// <summary>Finds the service of a contract in what the peer offers.</summary>
    /// <exception cref="RpcException"><see cref="RpcStatusCode.Unimplemented"/>: it is not there.</exception>
    public OfferedService Find(RpcContract contract)
    {
        IReadOnlyList<OfferedService> services = connection.Peer.Services;
        OfferedService? named = null;
        foreach (OfferedService service in services)
        {
            if (service.Name != contract.Name) continue;
            if (service.Version == contract.Version) return service;
            named ??= service;
        }

        string here = named is null
            ? ListNames(services)
            : $"it has version {string.Join(", ", services.Where(service => service.Name == contract.Name).Select(service => $"'{service.Version}'"))}";
        string wanted = contract.Version.Length == 0 ? contract.Name : $"{contract.Name} version '{contract.Version}'";
        throw new RpcException(RpcStatusCode.Unimplemented, $"The {role} at {connection.RemoteAddress} has no service {wanted}; {here}.")
        {
            Progress = RpcCallProgress.NotSent,
        };
    }

    /// <summary>The names that the server's developer gave; those of built-in services would only be in the way.</summary>
    private static string ListNames(IReadOnlyList<OfferedService> services)
    {
        string names = string.Join(
            ", ", services.Select(service => service.Name).Where(name => !name.StartsWith("rpc.", StringComparison.Ordinal)));
        return names.Length == 0 ? "it has none" : $"it has {names}";
    }

    private async Task<ContractBinding> CompareAsync(RpcContract contract, OfferedService offered)
    {
        string schema = await FetchSchemaAsync(offered).ConfigureAwait(false);
        MethodMatch[] matches = Compare(contract, schema);
        string[] differences = [.. matches.Where(match => match.Difference is not null).Select(match => match.Difference!)];
        if (differences.Length > 0)
            ClientLog.ContractDiffers(logger, connection.RemoteAddress, contract.Name, string.Join(" ", differences));
        return ContractBinding.Compared(offered.FirstMethod, matches);
    }

    private MethodMatch[] Compare(RpcContract contract, string schema)
    {
        try
        {
            return ContractComparer.Compare(
                ContractSchema.Parse(contract.Schema), ContractSchema.Parse(schema), $"the {role} at {connection.RemoteAddress}");
        }
        catch (FormatException e)
        {
            throw new RpcException(
                RpcStatusCode.Unimplemented,
                $"The {role} at {connection.RemoteAddress} has another contract for {contract.Name}, and its description cannot be read: "
                + $"{e.Message}",
                e)
            {
                Progress = RpcCallProgress.NotSent,
            };
        }
    }

    /// <summary>Asks the server for the schema of one of its services.</summary>
    /// <exception cref="RpcException">It did not answer, or the connection is lost.</exception>
    public async Task<string> FetchSchemaAsync(OfferedService offered)
    {
        CallTerms terms = await GetTermsAsync().ConfigureAwait(false);
        MessageHead head = new(-1, terms.Headers, terms.HasCredential);
        PendingCall<string> call = PendingCall<string>.Rent(
            PendingCall<string>.Pool,
            $"The description of {offered.Name}",
            SchemaSerializer.Instance,
            terms,
            Watchdog.BusyNow + DescribeTimeoutMs,
            CancellationToken.None);
        short version = call.Version;
        while (true)
        {
            switch (TryDescribe(call, offered, head))
            {
                case RpcConnection.StartResult.Written:
                    return await new ValueTask<string>(call, version).ConfigureAwait(false);
                case RpcConnection.StartResult.Full:
                    await WaitForRoomAsync(call, offered).ConfigureAwait(false);
                    break;
                default:
                    call.Return();
                    throw new RpcException(RpcStatusCode.Unavailable, $"The connection is lost: {connection.LeavingReason}.") { Progress = RpcCallProgress.NotSent };
            }
        }
    }

    private RpcConnection.StartResult TryDescribe(PendingCall<string> call, OfferedService offered, in MessageHead head)
    {
        try
        {
            return connection.TryDescribe(call, offered.FirstMethod, head);
        }
        catch
        {
            call.Return();
            throw;
        }
    }

    /// <summary>A server that knows its callers call by call has to be told here too who asks.</summary>
    private async ValueTask<CallTerms> GetTermsAsync()
    {
        if (connection.CallCredentials is not { } credentials) return new CallTerms { TimeoutMs = DescribeTimeoutMs };
        RpcCredential credential = await credentials.GetAsync(CancellationToken.None).ConfigureAwait(false);
        RpcHeaders headers = new();
        headers.AddChecked(Secrets.HeaderName, credential.Value);
        return new CallTerms
        {
            TimeoutMs = DescribeTimeoutMs,
            Headers = HeaderBlock.Encode(HeaderKind.Hop, headers, HeaderKind.Baggage, null),
            HasCredential = true,
            Credential = credential,
        };
    }

    private async Task WaitForRoomAsync(PendingCall<string> call, OfferedService offered)
    {
        try
        {
            Task room = connection.Output.WaitForRoomAsync(() => connection.HasRoom);
            await room.WaitAsync(TimeSpan.FromMilliseconds(DescribeTimeoutMs)).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            call.Return();
            throw new RpcException(
                RpcStatusCode.DeadlineExceeded,
                $"{connection.RemoteAddress} has another contract for {offered.Name}, "
                + $"and had no room for the question what differs within {DescribeTimeoutMs:N0} ms.")
            {
                Progress = RpcCallProgress.NotSent,
            };
        }
    }

    /// <summary>A schema is plain text, whatever the codec.</summary>
    private sealed class SchemaSerializer : ISerializer<string>
    {
        public static SchemaSerializer Instance { get; } = new();

        public void Serialize(IBufferWriter<byte> writer, in string value) => writer.Write(Encoding.UTF8.GetBytes(value));

        public string Deserialize(in ReadOnlySequence<byte> data) => Encoding.UTF8.GetString(data);
    }
}
