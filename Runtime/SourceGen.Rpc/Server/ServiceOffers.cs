using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>What one side offers: its services as its hello lists them, and their methods bound to each of its codecs.</summary>
internal sealed class ServiceOffers
{
    private readonly Dictionary<string, (ICodec Codec, ServerMethod[] Methods)> _byCodec = new(StringComparer.Ordinal);

    /// <summary>Binds every service to every codec, so that a type a codec cannot serialize is found before the first call.</summary>
    /// <exception cref="NotSupportedException">A codec cannot serialize a type of a service, or there are too many methods.</exception>
    /// <exception cref="ArgumentException">Two codecs have the same name.</exception>
    public ServiceOffers(IReadOnlyList<ServiceRegistration> services, IEnumerable<ICodec> codecs, ErrorPolicy errors)
    {
        Services = Offer(services);
        foreach (ICodec codec in codecs)
        {
            ServerMethod[] methods = [.. services.SelectMany(service => service.Bind(codec, errors))];
            if (!_byCodec.TryAdd(codec.Name, (codec, methods)))
            {
                throw new ArgumentException($"Two codecs have the name '{codec.Name}'; keep one of them.");
            }
        }
    }

    /// <summary>The services, numbered.</summary>
    public OfferedService[] Services { get; }

    /// <summary>The codecs' names, best first.</summary>
    public IEnumerable<string> Codecs => _byCodec.Keys;

    /// <summary>Whether there is a codec of this name.</summary>
    public bool Has(string codec) => _byCodec.ContainsKey(codec);

    /// <summary>Gets a codec, and the methods bound to it.</summary>
    public (ICodec Codec, ServerMethod[] Methods) Get(string codec) => _byCodec[codec];

    private static OfferedService[] Offer(IReadOnlyList<ServiceRegistration> services)
    {
        int methods = 0;
        OfferedService[] offered = new OfferedService[services.Count];
        for (int i = 0; i < offered.Length; i++)
        {
            RpcContract contract = services[i].Contract;
            int first = methods;
            methods += contract.Methods.Count;
            if (methods > ushort.MaxValue)
            {
                throw new NotSupportedException($"One side offers at most {ushort.MaxValue:N0} methods; this one has more.");
            }

            offered[i] = new OfferedService(
                contract.Name, contract.Version, contract.Fingerprint, (ushort)contract.Methods.Count, (ushort)first);
        }

        return offered;
    }
}
