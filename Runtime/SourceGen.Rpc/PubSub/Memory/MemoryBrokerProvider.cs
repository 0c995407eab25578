using System.Globalization;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.PubSub;

/// <summary>
/// Serves <c>memory://name?capacity=1000&amp;overflow=wait</c>, where overflow is <c>wait</c>, <c>drop-oldest</c> or <c>drop-newest</c>.
/// </summary>
public sealed class MemoryBrokerProvider : IBrokerProvider
{
    /// <inheritdoc/>
    public string Scheme => "memory";

    /// <inheritdoc/>
    public IBroker Create(RpcAddress address)
    {
        RegistryAddress parsed = RegistryAddress.Parse(address, "capacity", "overflow");
        MemoryBrokerOptions options = new() { Name = string.Join(',', parsed.Endpoints) + parsed.Path };
        if (parsed.Parameters.TryGetValue("capacity", out string? text))
        {
            options.Capacity = int.TryParse(text, CultureInfo.InvariantCulture, out int capacity) && capacity is >= 1 and <= 1_000_000
                ? capacity
                : throw new FormatException($"The address {parsed} has capacity={text}; it must be from 1 to 1000000.");
        }

        options.Overflow = parsed.GetWord("overflow", "wait", "drop-oldest", "drop-newest") switch
        {
            "drop-oldest" => OverflowPolicy.DropOldest,
            "drop-newest" => OverflowPolicy.DropNewest,
            _ => OverflowPolicy.Wait,
        };
        return new MemoryBroker(options);
    }
}
