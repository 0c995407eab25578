using System.Collections.Frozen;

namespace SourceGen.Rpc;

/// <summary>Finds the transport that serves an address, by the address's scheme.</summary>
public sealed class TransportRegistry
{
    private readonly FrozenDictionary<string, ITransport> _transports;

    /// <summary>Creates a registry.</summary>
    /// <param name="transports">The transports, one for each scheme.</param>
    /// <exception cref="ArgumentException">Two transports serve the same scheme.</exception>
    public TransportRegistry(IEnumerable<ITransport> transports)
    {
        ArgumentNullException.ThrowIfNull(transports);
        var byScheme = new Dictionary<string, ITransport>(StringComparer.OrdinalIgnoreCase);
        foreach (ITransport transport in transports)
        {
            if (byScheme.TryAdd(transport.Scheme, transport)) continue;
            throw new ArgumentException(
                $"Two transports serve the scheme '{transport.Scheme}': {byScheme[transport.Scheme].GetType().Name} and "
                + $"{transport.GetType().Name}. Keep one of them.",
                nameof(transports));
        }

        _transports = byScheme.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Gets the transport that serves an address.</summary>
    /// <param name="address">The address.</param>
    /// <exception cref="NotSupportedException">No transport serves its scheme; the message names those that are known.</exception>
    public ITransport Get(RpcAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (_transports.TryGetValue(address.Scheme, out ITransport? transport)) return transport;
        string known = string.Join(", ", _transports.Keys.Order(StringComparer.Ordinal).Select(scheme => scheme + "://"));
        throw new NotSupportedException(
            $"No transport serves '{address}'. Known are {(known.Length > 0 ? known : "none")}; "
            + (address.Scheme == "tls"
                ? "for TLS call UseTls on the options, which adds a TlsTransport with its certificates."
                : $"add an ITransport whose Scheme is '{address.Scheme}' for others."));
    }
}
