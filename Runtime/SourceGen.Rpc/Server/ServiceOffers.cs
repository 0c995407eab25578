using Microsoft.Extensions.Logging;
using SourceGen.Rpc.BuiltIn.Counting;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Security;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>What one side offers: its services as its hello lists them, and their methods bound to each of its codecs.</summary>
internal sealed class ServiceOffers
{
    private readonly Dictionary<string, (ICodec Codec, ServerMethod[] Methods, OfferedService[] Offered)> _byCodec =
        new(StringComparer.Ordinal);

    /// <summary>Binds every service to every codec, so that a type a codec cannot serialize is found before the first call.</summary>
    /// <param name="services">The services.</param>
    /// <param name="codecs">The codecs, best first.</param>
    /// <param name="errors">What callers are told about exceptions.</param>
    /// <param name="counts">Where calls are counted; null when they are not.</param>
    /// <param name="logger">Where it is noted that a built-in service is not offered with a codec; null for nowhere.</param>
    /// <param name="filters">What runs around calls, except those of built-in services; null for nothing.</param>
    /// <param name="scopes">Where filters get a call's own services from.</param>
    /// <param name="access">Who may call what; null where nobody is authenticated.</param>
    /// <exception cref="NotSupportedException">
    /// A codec cannot serialize a type of a service that is not built in, or there are too many methods.
    /// </exception>
    /// <exception cref="ArgumentException">Two codecs have the same name, or a filter is for a method that no service has.</exception>
    public ServiceOffers(
        IReadOnlyList<ServiceRegistration> services,
        IEnumerable<ICodec> codecs,
        ErrorPolicy errors,
        CallCounts? counts = null,
        ILogger? logger = null,
        FilterChain? filters = null,
        RpcScopeFactory? scopes = null,
        AccessControl? access = null)
    {
        filters?.CheckMethodNames([.. services.Where(static service => !service.IsBuiltIn).Select(static service => service.Contract)]);
        Services = Offer(services);
        Dictionary<ServiceRegistration, MethodAccess[]> rules = [];
        if (access is not null)
        {
            foreach (ServiceRegistration service in services) rules.Add(service, access.Bind(service));
        }

        foreach (ICodec codec in codecs)
        {
            List<ServiceRegistration> bound = [];
            List<ServerMethod> methods = [];
            foreach (ServiceRegistration service in services)
            {
                try
                {
                    ServerMethod[] own = [.. service.Bind(codec, errors, counts, service.IsBuiltIn ? null : filters, scopes)];
                    if (access is not null)
                    {
                        for (int i = 0; i < own.Length; i++) own[i].Access = rules[service][i];
                    }

                    methods.AddRange(own);
                    bound.Add(service);
                }
                catch (NotSupportedException e) when (service.IsBuiltIn)
                {
                    // A codec of the user's, such as JSON, need not know types that the user never wrote.
                    if (logger is not null) ServerLog.BuiltInNotOffered(logger, service.Contract.Name, codec.Name, e.Message);
                }
            }

            if (!_byCodec.TryAdd(codec.Name, (codec, [.. methods], Offer(bound))))
            {
                throw new ArgumentException($"Two codecs have the name '{codec.Name}'; keep one of them.");
            }
        }
    }

    /// <summary>The services, numbered, as they are offered before a codec is agreed.</summary>
    public OfferedService[] Services { get; }

    /// <summary>The codecs' names, best first.</summary>
    public IEnumerable<string> Codecs => _byCodec.Keys;

    /// <summary>Whether there is a codec of this name.</summary>
    public bool Has(string codec) => _byCodec.ContainsKey(codec);

    /// <summary>Gets a codec, and the methods bound to it.</summary>
    public (ICodec Codec, ServerMethod[] Methods) Get(string codec) => (_byCodec[codec].Codec, _byCodec[codec].Methods);

    /// <summary>
    /// The services, numbered, to a peer with which a codec is agreed: without those built-in ones that it cannot serialize.
    /// </summary>
    public OfferedService[] OfferedWith(string codec) => _byCodec[codec].Offered;

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
