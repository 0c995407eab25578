using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace SourceGen.Rpc.Hosting;

/// <summary>How long what calls go through, such as a filter from the container, lives.</summary>
internal static class PartLifetime
{
    /// <summary>Registers the part by its own type, unless it is registered already.</summary>
    /// <param name="services">The collection.</param>
    /// <param name="lifetime">The lifetime that is asked for; null for that of the registration, or singleton.</param>
    /// <param name="asker">The method that asks.</param>
    /// <returns>The lifetime it has.</returns>
    /// <exception cref="InvalidOperationException">It is registered with another lifetime than the one that is asked for.</exception>
    public static ServiceLifetime Register<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TPart>(
        IServiceCollection services, ServiceLifetime? lifetime, string asker)
        where TPart : class
    {
        ServiceDescriptor? existing = services.LastOrDefault(service => service.ServiceType == typeof(TPart) && !service.IsKeyedService);
        if (existing is not null && lifetime is not null && lifetime != existing.Lifetime)
        {
            throw new InvalidOperationException(
                $"{typeof(TPart).Name} is registered as {existing.Lifetime} already, and {asker} asks for {lifetime}. "
                + "Leave the lifetime out of one of the two.");
        }

        ServiceLifetime effective = existing?.Lifetime ?? lifetime ?? ServiceLifetime.Singleton;
        services.TryAdd(new ServiceDescriptor(typeof(TPart), typeof(TPart), effective));
        return effective;
    }
}
