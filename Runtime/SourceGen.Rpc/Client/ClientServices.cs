using Microsoft.Extensions.Logging;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Filters;
using SourceGen.Rpc.Server;

namespace SourceGen.Rpc.Client;

/// <summary>
/// The services that a client offers to its server. They are fixed when the first connection is opened, whose hello lists them.
/// </summary>
internal sealed class ClientServices
{
    /// <summary>The most services that one client offers: the server keeps the list for each of its connections.</summary>
    public const int MaxCount = 256;

    private readonly Lock _gate = new();
    private readonly RpcClientOptions _options;
    private readonly ErrorPolicy _errors;
    private readonly List<ServiceRegistration> _services = [];
    private ServiceOffers? _offers;

    public ClientServices(RpcClientOptions options, ILogger logger)
    {
        _options = options;
        _errors = new ErrorPolicy(options.IncludeExceptionDetails, logger);
        foreach (ServiceRegistration service in options.Services) Add(service);
    }

    /// <summary>Adds a service.</summary>
    /// <exception cref="InvalidOperationException">It is too late, the service was added before, or there are too many.</exception>
    /// <exception cref="NotSupportedException">A codec cannot serialize a type of the service.</exception>
    public void Add(ServiceRegistration service)
    {
        lock (_gate)
        {
            if (_offers is not null)
            {
                throw new InvalidOperationException(
                    $"{service.Contract.Name} comes too late: the server learns what a client offers when the connection opens. "
                    + "Add it between RpcClient.Create and the first call, or to the options: "
                    + "RpcClient.ConnectAsync(address, new RpcClientOptions().AddService(...)).");
            }

            EnsureNew(_services, service.Contract);
            if (service.Contract.Methods.FirstOrDefault(static method => method.Authorization.Count > 0) is { } demanding)
            {
                throw new NotSupportedException(
                    $"{demanding.FullName} requires authorization, which a client cannot ask of its server: it knows the server by TLS. "
                    + "Offer a contract without [RequireAuthorization].");
            }

            if (_services.Count == MaxCount)
            {
                throw new InvalidOperationException(
                    $"A client offers at most {MaxCount} services, and {service.Contract.Name} would be one more.");
            }

            foreach (ICodec codec in _options.Codecs) service.Bind(codec, _errors); // A type that a codec cannot serialize is found here.
            _services.Add(service);
        }
    }

    /// <summary>What the hello says. No service can be added from now on.</summary>
    public ServiceOffers Freeze()
    {
        lock (_gate)
        {
            return _offers ??= new ServiceOffers(
                _services,
                _options.Codecs,
                _errors,
                filters: FilterChain.Of(_options.CallbackFilters),
                scopes: _options.Scopes);
        }
    }

    /// <exception cref="InvalidOperationException">The service was added before.</exception>
    public static void EnsureNew(IEnumerable<ServiceRegistration> services, RpcContract contract)
    {
        if (!services.Any(other => other.Contract.Name == contract.Name && other.Contract.Version == contract.Version)) return;
        throw new InvalidOperationException(
            $"The client already offers {contract.Name}{(contract.Version.Length > 0 ? $" version {contract.Version}" : "")}. "
            + "Add it once, or give one of the two interfaces another [Service(Name = ...)] or [Service(Version = ...)].");
    }
}
