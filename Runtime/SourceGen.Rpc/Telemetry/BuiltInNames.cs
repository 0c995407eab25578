namespace SourceGen.Rpc.Telemetry;

/// <summary>Services that the engine offers by itself.</summary>
internal static class BuiltInNames
{
    /// <summary>The service that tells whether a server is ready.</summary>
    public const string Health = Prefix + "Health";

    private const string Prefix = "rpc.";

    /// <summary>
    /// Whether calls of a service have spans. Those of built-in ones have not: probes would drown the traces of everything else.
    /// </summary>
    public static bool AreTraced(string service) => !service.StartsWith(Prefix, StringComparison.Ordinal);
}
