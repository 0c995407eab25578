using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using SourceGen.Rpc;
using SourceGen.Rpc.Brokers.RabbitMq;
using SourceGen.Rpc.PubSub;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the RabbitMQ broker to a service collection.</summary>
public static class RabbitMqBrokerServiceCollectionExtensions
{
    /// <summary>
    /// Makes addresses that begin with <c>amqp://</c> and <c>amqps://</c> known; and, when an address or a change of the options is given, adds
    /// the broker itself as an <see cref="IBroker"/>, which nobody has connected yet.
    /// </summary>
    /// <param name="services">The collection.</param>
    /// <param name="address">Such as <c>amqp://user:password@10.0.0.1,10.0.0.2/shop</c>; null for the options alone.</param>
    /// <param name="configure">Changes the options that the address gives; null for none.</param>
    /// <returns>The collection.</returns>
    /// <exception cref="FormatException">The address is wrong; the message says what of it.</exception>
    /// <exception cref="ArgumentException">An option is wrong; the message names it.</exception>
    public static IServiceCollection AddRabbitMqBroker(
        this IServiceCollection services, string? address = null, Action<RabbitMqBrokerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBrokerProvider, RabbitMqBrokerProvider>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBrokerProvider, RabbitMqTlsBrokerProvider>());
        if (address is null && configure is null) return services;
        RabbitMqBrokerOptions options = address is null ? new RabbitMqBrokerOptions() : RabbitMqBrokerOptions.Parse(RpcAddress.Parse(address));
        configure?.Invoke(options);
        options.Validate();
        return services.AddSingleton<IBroker>(provider => new RabbitMqBroker(options, provider.GetService<ILoggerFactory>()));
    }
}
