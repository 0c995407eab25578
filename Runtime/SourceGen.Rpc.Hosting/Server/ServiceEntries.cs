using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Hosting.Server;

/// <summary>Registers the implementations of services that a server or a client of the host offers.</summary>
internal static class ServiceEntries
{
    /// <summary>An implementation by its type; the documentation of the builders says how long an instance lives.</summary>
    /// <exception cref="InvalidOperationException">The implementation is registered already with another lifetime.</exception>
    public static ServiceEntry Create<
        TService,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation>(
        IServiceCollection services, ServiceLifetime? lifetime)
        where TService : class, IRpcContract<TService>
        where TImplementation : class, TService
    {
        ServiceDescriptor? existing = services.LastOrDefault(
            service => service.ServiceType == typeof(TImplementation) && !service.IsKeyedService);
        if (existing is not null && lifetime is not null && lifetime != existing.Lifetime)
        {
            throw new InvalidOperationException(
                $"{typeof(TImplementation).Name} is registered as {existing.Lifetime} already, and AddService asks for {lifetime}. "
                + "Leave the lifetime out of one of the two.");
        }

        ServiceLifetime effective = existing?.Lifetime ?? lifetime ?? ServiceLifetime.Singleton;
        services.TryAdd(new ServiceDescriptor(typeof(TImplementation), typeof(TImplementation), effective));
        return new ServiceEntry<TService>(static provider => provider.GetRequiredService<TImplementation>(), effective);
    }

    /// <summary>One object, which the container does not dispose of.</summary>
    public static ServiceEntry Create<TService>(TService implementation)
        where TService : class, IRpcContract<TService> => new ServiceEntry<TService>(_ => implementation, ServiceLifetime.Singleton);

    /// <summary>What a function creates, owned by the container.</summary>
    public static ServiceEntry Create<TService>(
        IServiceCollection services, Func<IServiceProvider, TService> factory, ServiceLifetime lifetime)
        where TService : class, IRpcContract<TService>
    {
        // A key that nobody else holds: the container keeps and disposes of the instance, and no injection of the interface finds it.
        object key = new();
        services.Add(new ServiceDescriptor(typeof(TService), key, (provider, _) => factory(provider), lifetime));
        return new ServiceEntry<TService>(provider => provider.GetRequiredKeyedService<TService>(key), lifetime);
    }
}
