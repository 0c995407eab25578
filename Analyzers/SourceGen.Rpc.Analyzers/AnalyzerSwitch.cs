using Microsoft.CodeAnalysis.Diagnostics;

namespace SourceGen.Rpc.Analyzers;

/// <summary>
/// The MSBuild property <c>SourceGenRpcAnalyzers</c>, which turns analyzers off for a project: <c>contracts</c> leaves those that say why a
/// contract is not valid, <c>false</c> leaves none.
/// </summary>
internal static class AnalyzerSwitch
{
    /// <summary>The property as the compiler passes it on; the props of the package make it visible.</summary>
    public const string Property = "build_property.SourceGenRpcAnalyzers";

    /// <summary>Whether contracts are checked.</summary>
    public static bool ChecksContracts(AnalyzerOptions options) => !Is(options, "false");

    /// <summary>Whether what programs do with contracts is checked.</summary>
    public static bool ChecksUsage(AnalyzerOptions options) => !Is(options, "false") && !Is(options, "contracts");

    private static bool Is(AnalyzerOptions options, string value) =>
        options.AnalyzerConfigOptionsProvider.GlobalOptions.TryGetValue(Property, out string? set)
        && string.Equals(set.Trim(), value, StringComparison.OrdinalIgnoreCase);
}
