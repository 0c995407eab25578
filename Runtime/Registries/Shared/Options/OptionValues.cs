using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Shared;

/// <summary>What options of several registries have in common.</summary>
internal static class OptionValues
{
    /// <summary>A parameter of an address; null when it is not given, or empty.</summary>
    public static string? GetText(RegistryAddress address, string name) =>
        address.Parameters.TryGetValue(name, out string? text) && text.Length > 0 ? text : null;

    /// <summary>Checks a time.</summary>
    /// <exception cref="ArgumentException">It is not above zero, or more than a day.</exception>
    public static void RequirePositive(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
        {
            throw new ArgumentException($"{name} is {value}; it must be more than zero and at most a day.");
        }
    }
}
