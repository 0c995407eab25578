namespace SourceGen.Rpc.Registries.Consul.Tests.Support;

/// <summary>
/// Where Consul's binary is. It is no package of the current Debian release; test.sh gets it from an older one's archive.
/// </summary>
internal static class ConsulBinary
{
    private const string Variable = "SOURCEGEN_RPC_CONSUL";

    /// <summary>Its path; null when it is nowhere.</summary>
    public static string? Path { get; } = Find();

    /// <summary>Why tests that need it are skipped.</summary>
    public static string Missing =>
        $"Consul was not found: {Variable} names no file, and PATH has none. test.sh downloads it where Debian's archive can be reached.";

    private static string? Find()
    {
        IEnumerable<string?> candidates =
        [
            Environment.GetEnvironmentVariable(Variable),
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(
                static folder => System.IO.Path.Combine(folder, "consul")),
        ];
        return candidates.FirstOrDefault(File.Exists);
    }
}
