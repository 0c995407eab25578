using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.Dns.Layout;
using SourceGen.Rpc.Registries.Dns.Resolving;

namespace SourceGen.Rpc.Registries.Dns;

/// <summary>
/// Reads services from DNS: SRV records (RFC 2782) with the addresses of their targets, such as those of a Kubernetes headless service, or
/// addresses alone. Records are entered by other means. A service that is followed is asked for again when its records' time to live ends.
/// See docs/registries/dns.md.
/// </summary>
public sealed class DnsRegistry : IRegistry
{
    private readonly DnsRegistryOptions _options;
    private readonly DnsClient _client;
    private readonly ServiceLookup _lookup;

    /// <summary>Creates a registry. Nothing is asked before it is used.</summary>
    /// <param name="options">The options. They are not to be changed any more.</param>
    /// <param name="loggerFactory">Where it logs; null for nowhere.</param>
    /// <exception cref="ArgumentException">The options are wrong; the message says how.</exception>
    public DnsRegistry(DnsRegistryOptions options, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        Address = $"dns://{string.Join(',', options.Servers)}/{options.Zone}";
        ILogger logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<DnsRegistry>();
        _client = new DnsClient(options, Address, logger);
        _lookup = new ServiceLookup(options, _client, logger);
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <summary>False: the records are entered by who runs the zone.</summary>
    public bool CanRegister => false;

    /// <summary>Is not possible.</summary>
    /// <exception cref="RpcException">Always, <see cref="RpcStatusCode.Unimplemented"/>.</exception>
    public ValueTask RegisterAsync(ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default) =>
        throw RegistryErrors.Unsupported(
            Address, "register a service", "its records are entered by who runs the zone, in Kubernetes by a headless service.");

    /// <summary>Is not possible.</summary>
    /// <exception cref="RpcException">Always, <see cref="RpcStatusCode.Unimplemented"/>.</exception>
    public ValueTask DeregisterAsync(
        ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default) =>
        throw RegistryErrors.Unsupported(Address, "deregister a service", "its records are removed by who runs the zone.");

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<ServiceRecord>> GetServiceAsync(string service, CancellationToken cancellationToken = default)
    {
        FoundService found = await LookUpAsync(service, cancellationToken).ConfigureAwait(false);
        return found.Record is { } record ? [record] : throw RegistryErrors.NotFound(service, Address);
    }

    /// <summary>Is not possible: DNS answers questions for names.</summary>
    /// <exception cref="RpcException">Always, <see cref="RpcStatusCode.Unimplemented"/>.</exception>
    public ValueTask<ImmutableArray<string>> ListServicesAsync(CancellationToken cancellationToken = default) =>
        throw RegistryErrors.Unsupported(Address, "list its services", "DNS answers questions for names only; name the services.");

    /// <summary>
    /// Follows a service: a snapshot at first, and another one whenever the answer is another. It is asked for again when the shortest time
    /// to live of the records it is made of ends, or of the answer that there is none, but not before <see
    /// cref="DnsRegistryOptions.MinRefresh"/> and not after <see cref="DnsRegistryOptions.MaxRefresh"/>.
    /// </summary>
    /// <param name="service">The service's name. Null, for all, is not possible.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.Unavailable"/>: no server answers; <see cref="RpcStatusCode.Unauthenticated"/>, <see
    /// cref="RpcStatusCode.PermissionDenied"/>: none does, and one does not accept the key, or permits it nothing;
    /// <see cref="RpcStatusCode.InvalidArgument"/>: the name makes no domain name; <see cref="RpcStatusCode.Unimplemented"/>: no service is
    /// named.
    /// </exception>
    public IAsyncEnumerable<RegistryEvent> WatchAsync(string? service, CancellationToken cancellationToken = default)
    {
        if (service is not null) return FollowAsync(service, cancellationToken);
        throw RegistryErrors.Unsupported(Address, "follow all services", "DNS answers questions for names only; name the services.");
    }

    /// <summary>Closes TLS connections; without TLS nothing is open between questions.</summary>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async IAsyncEnumerable<RegistryEvent> FollowAsync(string service, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        FoundService? known = null;
        while (true)
        {
            FoundService found = await LookUpAsync(service, cancellationToken).ConfigureAwait(false);
            if (known is null || !Equals(known.Record, found.Record))
            {
                yield return RegistryEvent.Snapshot(found.Record is { } record ? [record] : []);
            }
            known = found;
            TimeSpan wait = TimeSpan.FromTicks(Math.Clamp(found.TimeToLive.Ticks, _options.MinRefresh.Ticks, _options.MaxRefresh.Ticks));
            await Task.Delay(wait, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<FoundService> LookUpAsync(string service, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(service);
        cancellationToken.ThrowIfCancellationRequested();
        using CancellationTokenSource limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(_options.Timeout);
        try
        {
            return await _lookup.FindAsync(service, limited.Token).ConfigureAwait(false);
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            // What was known when the caller gave up; it did not wait for it.
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw RegistryErrors.Unavailable(
                Address,
                $"look up {service}",
                $"the DNS servers did not answer within {_options.Timeout.TotalSeconds:0.###} s. "
                + "Check that they run and can be reached, or raise the timeout.",
                e);
        }
    }
}
