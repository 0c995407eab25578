using System.Collections.Immutable;
using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.DnsMessages;
using SourceGen.Rpc.Registries.Mdns.Browsing;
using SourceGen.Rpc.Registries.Mdns.Layouts;
using SourceGen.Rpc.Registries.Mdns.Links;
using SourceGen.Rpc.Registries.Mdns.Publishing;

namespace SourceGen.Rpc.Registries.Mdns;

/// <summary>
/// Services of a local network without any server: multicast DNS (RFC 6762) and DNS-based service discovery (RFC 6763). Each registry
/// answers for the nodes registered with it, as long as it is not disposed of and their lease is renewed. See docs/registries/mdns.md.
/// </summary>
public sealed class MdnsRegistry : IRegistry
{
    private readonly MdnsRegistryOptions _options;
    private readonly ILogger _logger;
    private readonly MdnsLoop _loop;
    private readonly MdnsLinks _links;
    private readonly Responder _responder;
    private readonly Browser _browser;
    private readonly Lock _starting = new();
    private Task<bool>? _started;
    private int _isDisposed;

    /// <summary>Creates a registry. No interface takes part before it is used.</summary>
    /// <param name="options">The options. They are not to be changed any more.</param>
    /// <param name="loggerFactory">Where it logs; null for nowhere.</param>
    /// <exception cref="ArgumentException">The options are wrong; the message says how.</exception>
    public MdnsRegistry(MdnsRegistryOptions options, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger<MdnsRegistry>();
        Address = $"mdns://{string.Join(',', options.Interfaces)}";
        IMdnsLayout layout = options.Layout == RecordLayout.GoMicro ? new GoMicroLayout() : new DnsSdLayout();
        _loop = new MdnsLoop(() => _browser!.Update(), _logger);
        _links = new MdnsLinks(options, _loop, _logger) { Received = Receive, Joined = Join, Reconnected = Reconnect, Left = Leave };
        HostNames host = new(() => _links.All.SelectMany(static link => link.Addresses));
        _responder = new Responder(options, layout, _loop, host, _links.All, _logger);
        _browser = new Browser(options, layout, _loop, _logger) { Links = () => _links.All };
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public bool CanRegister => true;

    /// <inheritdoc/>
    public async ValueTask RegisterAsync(
        ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= RegisterOptions.Default;
        Check(record, options);
        cancellationToken.ThrowIfCancellationRequested();
        if (record.Nodes.IsEmpty) throw RegistryErrors.Invalid(record, "it has no node. Add where it is called.");
        string what = $"register {record.Name}";
        await StartAsync(what).ConfigureAwait(false);
        Task announced = await _loop.InvokeAsync(() => Task.WhenAll(record.Nodes.Select(node =>
            _responder.Publish(record with { Nodes = [node] }, options.TimeToLive)).ToArray())).ConfigureAwait(false);
        try
        {
            await announced.WaitAsync(_options.Timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw RegistryErrors.Unavailable(
                Address,
                what,
                $"no free name was found within {_options.Timeout.TotalSeconds:0.###} s. Somebody may claim every name that is tried.",
                e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DeregisterAsync(
        ServiceRecord record, RegisterOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(record, options ?? RegisterOptions.Default);
        cancellationToken.ThrowIfCancellationRequested();
        await StartAsync($"deregister {record.Name}").ConfigureAwait(false);
        await _loop.InvokeAsync(() =>
        {
            foreach (ServiceNode node in record.Nodes) _responder.Withdraw(record.Key, node.Id);
            return true;
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<ServiceRecord>> GetServiceAsync(string service, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(service);
        await AskAsync(service, $"look up {service}", cancellationToken).ConfigureAwait(false);
        ImmutableDictionary<(string, string), ServiceRecord> found = await _loop.InvokeAsync(
            () => _browser.Read(service)).ConfigureAwait(false);
        return found.IsEmpty ? throw RegistryErrors.NotFound(service, Address) : ServiceRecord.Merge(Ordered(found));
    }

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<string>> ListServicesAsync(CancellationToken cancellationToken = default)
    {
        await AskAsync(service: null, "list the services", cancellationToken).ConfigureAwait(false);
        ImmutableDictionary<(string, string), ServiceRecord> found = await _loop.InvokeAsync(
            () => _browser.Read(null)).ConfigureAwait(false);
        return [.. found.Values.Select(static record => record.Name).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RegistryEvent> WatchAsync(
        string? service, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Watch watch = new(service);
        await AskAsync(service, service is null ? "follow all services" : $"follow {service}", cancellationToken).ConfigureAwait(false);
        await _loop.InvokeAsync(() =>
        {
            _browser.Add(watch);
            _browser.Tell(watch);
            return true;
        }).ConfigureAwait(false);
        try
        {
            ImmutableDictionary<(string Key, string Id), ServiceRecord>? known = null;
            while (true)
            {
                using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _loop.Stopping);
                try
                {
                    await watch.WaitAsync(ended.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    throw new ObjectDisposedException(nameof(MdnsRegistry));
                }

                ImmutableDictionary<(string Key, string Id), ServiceRecord> latest = watch.Latest!;
                if (known is null) yield return RegistryEvent.Snapshot(Ordered(latest));
                else
                {
                    foreach (RegistryEvent change in Changes(known, latest)) yield return change;
                }

                known = latest;
            }
        }
        finally
        {
            if (Volatile.Read(ref _isDisposed) == 0) await RemoveAsync(watch).ConfigureAwait(false);
        }
    }

    /// <summary>Says goodbye for all nodes that are registered, and leaves the network.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        Task<bool>? started;
        lock (_starting) started = _started;
        if (started is not null)
        {
            await started.ConfigureAwait(false);
            await _loop.InvokeAsync(() =>
            {
                _responder.WithdrawAll();
                return true;
            }).ConfigureAwait(false);
        }

        await _loop.DisposeAsync().ConfigureAwait(false);
        _links.Dispose();
    }

    private static IEnumerable<ServiceRecord> Ordered(ImmutableDictionary<(string Key, string Id), ServiceRecord> nodes) =>
        nodes
            .OrderBy(static pair => pair.Key.Key, StringComparer.Ordinal)
            .ThenBy(static pair => pair.Key.Id, StringComparer.Ordinal)
            .Select(static pair => pair.Value);

    private static IEnumerable<RegistryEvent> Changes(
        ImmutableDictionary<(string Key, string Id), ServiceRecord> before,
        ImmutableDictionary<(string Key, string Id), ServiceRecord> after)
    {
        foreach (((string, string) id, ServiceRecord record) in before)
        {
            if (!after.ContainsKey(id)) yield return RegistryEvent.Delete(record);
        }

        foreach (((string, string) id, ServiceRecord record) in after)
        {
            if (!before.TryGetValue(id, out ServiceRecord? known)) yield return RegistryEvent.Create(record);
            else if (!known.Equals(record)) yield return RegistryEvent.Update(record);
        }
    }

    private void Check(ServiceRecord record, RegisterOptions options)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (!options.IsPersistent) return;
        throw RegistryErrors.Unsupported(
            Address,
            "keep a record persistently",
            "a node is announced by the process that registers it, and only as long as that runs. Register it without.");
    }

    private async ValueTask AskAsync(string? service, string what, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await StartAsync(what).ConfigureAwait(false);
        TimeSpan wait = await _loop.InvokeAsync(() => _browser.Ask(service)).ConfigureAwait(false);
        if (wait <= TimeSpan.Zero) return;
        await Task.Delay(wait, cancellationToken).ConfigureAwait(false);

        // A list may have led to further names.
        if (service is not null) return;
        wait = await _loop.InvokeAsync(() => _browser.Ask(service)).ConfigureAwait(false);
        if (wait > TimeSpan.Zero) await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask StartAsync(string what)
    {
        Task<bool> started;
        lock (_starting)
        {
            ObjectDisposedException.ThrowIf(_isDisposed != 0, this);
            if (_started is null)
            {
                _loop.Start();
                _started = _loop.InvokeAsync(() =>
                {
                    _links.Scan();
                    return true;
                });
            }

            started = _started;
        }

        await started.ConfigureAwait(false);
        bool hasLink = await _loop.InvokeAsync(() => _links.All.Count > 0).ConfigureAwait(false);
        if (hasLink) return;
        throw RegistryErrors.Unavailable(
            Address,
            what,
            _options.Interfaces.Count == 0
                ? "no network interface is up that can multicast and has an IPv4 address."
                : $"no interface named {string.Join(" or ", _options.Interfaces)} is up with an IPv4 address. Check the name.");
    }

    private async ValueTask RemoveAsync(Watch watch)
    {
        try
        {
            await _loop.InvokeAsync(() =>
            {
                _browser.Remove(watch);
                return true;
            }).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // Closed meanwhile, and the watch with it.
        }
    }

    private void Receive(MdnsLink link, byte[] bytes, IPEndPoint from)
    {
        if (!DnsMessage.TryRead(bytes, out DnsMessage? message, out string? error))
        {
            MdnsRegistryLog.Ignored(_logger, from.ToString(), link.Name, error);
            return;
        }

        // RFC 6762, 18.3 and 18.11: another opcode or response code than 0 is silently ignored.
        if (message.Flags.Opcode != 0 || message.Flags.ResponseCode != DnsResponseCode.NoError) return;
        // What this registry sent comes back: its nodes are found like any other's, and nothing that it says contradicts what it says
        // later.
        bool isOwn = link.WasSent(bytes);
        if (!message.Flags.IsResponse)
        {
            if (!isOwn || message.Authorities.Count == 0) _responder.Answer(link, message, from);
            return;
        }

        // RFC 6762, 6: responses come from the port of mDNS.
        if (from.Port != _options.Port) return;
        if (!isOwn) _responder.Check(message);
        _browser.Hear(link, message);
    }

    private void Join(MdnsLink link)
    {
        _browser.Join(link);
        _responder.Introduce(link);
    }

    private void Reconnect(MdnsLink link)
    {
        _browser.AskAgain(link);
        _responder.Introduce(link);
    }

    private void Leave(MdnsLink link)
    {
        _responder.Leave(link);
        _browser.Leave(link);
    }
}
