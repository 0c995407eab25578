using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.PubSub;

/// <summary>
/// Serves <c>direct://name?registry=etcd%3A%2F%2F10.0.0.1%3A2379&amp;listen=tcp://0.0.0.0:0&amp;capacity=1000&amp;overflow=wait</c>: the
/// registry's address is percent-encoded, since it may have parameters of its own; overflow is <c>wait</c>, <c>drop-oldest</c> or
/// <c>drop-newest</c>.
/// </summary>
/// <param name="registries">Who creates registries.</param>
public sealed class DirectBrokerProvider(IEnumerable<IRegistryProvider> registries) : IBrokerProvider
{
    private readonly IRegistryProvider[] _registries = [.. registries];

    /// <inheritdoc/>
    public string Scheme => "direct";

    /// <inheritdoc/>
    public IBroker Create(RpcAddress address)
    {
        RegistryAddress parsed = RegistryAddress.Parse(address, "registry", "listen", "capacity", "overflow", "retention");
        if (!parsed.Parameters.TryGetValue("registry", out string? text))
            throw new FormatException($"The address {parsed} has no registry; write {parsed}?registry=..., with the percent-encoded address of one.");
        string name = string.Join(',', parsed.Endpoints) + parsed.Path;
        if (DirectBroker.FindProblem(name) is { } problem) throw new FormatException($"The address {parsed} has the name '{name}', which is none: {problem}.");
        if (!RpcAddress.TryParse(text, out RpcAddress? where))
            throw new FormatException($"The address {parsed} has a registry that is no address; write it percent-encoded, such as file%3A%2F%2F%2Fvar%2Frun%2Fshop.");
        IRegistryProvider provider = Array.FindLast(_registries, one => one.Scheme == where.Scheme) ?? throw new FormatException(
            $"The address {parsed} has a registry with the scheme {where.Scheme}, which nobody serves here; there are "
            + $"{(_registries.Length == 0 ? "none" : string.Join(", ", _registries.Select(static one => one.Scheme)))}.");
        DirectBrokerOptions options = new() { Registry = provider.Create(where), Name = name, OwnsRegistry = true };
        if (parsed.Parameters.TryGetValue("listen", out string? listen))
        {
            options.ListenAddress = RpcAddress.TryParse(listen, out _)
                ? listen
                : throw new FormatException($"The address {parsed} has listen={listen}; it must be an address, such as tcp://0.0.0.0:0.");
        }

        if (parsed.Parameters.TryGetValue("capacity", out string? count))
        {
            options.Capacity = int.TryParse(count, System.Globalization.CultureInfo.InvariantCulture, out int capacity) && capacity is >= 1 and <= 1_000_000
                ? capacity
                : throw new FormatException($"The address {parsed} has capacity={count}; it must be from 1 to 1000000.");
        }

        options.GroupRetention = parsed.GetSeconds("retention", options.GroupRetention);
        options.Overflow = parsed.GetWord("overflow", "wait", "drop-oldest", "drop-newest") switch
        {
            "drop-oldest" => OverflowPolicy.DropOldest,
            "drop-newest" => OverflowPolicy.DropNewest,
            _ => OverflowPolicy.Wait,
        };
        return new DirectBroker(options);
    }
}
