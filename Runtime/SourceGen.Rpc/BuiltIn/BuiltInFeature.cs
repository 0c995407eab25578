using System.Diagnostics.CodeAnalysis;

namespace SourceGen.Rpc.BuiltIn;

/// <summary>
/// The switch by which a published program leaves the built-in services out altogether: what only they use is then trimmed away.
/// </summary>
internal static class BuiltInFeature
{
    private const string Name = "SourceGen.Rpc.BuiltInServices.IsSupported";

    /// <summary>Whether servers can offer built-in services; true unless the program's project says otherwise.</summary>
    [FeatureSwitchDefinition(Name)]
    public static bool IsSupported => !AppContext.TryGetSwitch(Name, out bool isSupported) || isSupported;
}
