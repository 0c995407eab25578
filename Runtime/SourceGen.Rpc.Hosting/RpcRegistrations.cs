using Microsoft.Extensions.DependencyInjection;
using SourceGen.Rpc.Hosting.Client;
using SourceGen.Rpc.Hosting.Server;

namespace SourceGen.Rpc.Hosting;

/// <summary>
/// The servers and clients of one service collection, in the order they were added. It lives in the collection itself, so that several
/// calls for one name meet in one registration.
/// </summary>
internal sealed class RpcRegistrations
{
    /// <summary>The servers.</summary>
    public List<ServerRegistration> Servers { get; } = [];

    /// <summary>The clients.</summary>
    public List<ClientRegistration> Clients { get; } = [];

    /// <summary>Gets the collection's registrations, adding them at first.</summary>
    public static RpcRegistrations Of(IServiceCollection services)
    {
        foreach (ServiceDescriptor descriptor in services)
        {
            // A keyed descriptor throws when it is asked for its unkeyed instance.
            if (!descriptor.IsKeyedService && descriptor.ImplementationInstance is RpcRegistrations existing) return existing;
        }

        RpcRegistrations added = new();
        services.AddSingleton(added);
        return added;
    }
}
