using System.Text;
using Microsoft.CodeAnalysis.Diagnostics;

namespace SourceGen.Rpc.Contracts.Lock;

/// <summary>What the build was asked to do with the lock. The package's targets make these properties visible.</summary>
/// <param name="IsUpdate">Whether the lock is written anew, so that differing from it is no error.</param>
/// <param name="IsCreate">Whether one is written where there is none.</param>
/// <param name="AcceptReason">Why breaking changes are accepted; null when they are not.</param>
internal sealed record LockOptions(bool IsUpdate, bool IsCreate, string? AcceptReason)
{
    /// <summary>Reads the options of a build.</summary>
    public static LockOptions From(AnalyzerConfigOptions options)
    {
        string update = Property(options, "UpdateContractsLock");
        string reason = Encoding.UTF8.GetString(FromBase64(Property(options, "SourceGenRpcAcceptReason"))).Trim();
        bool isCreate = string.Equals(update, "create", StringComparison.OrdinalIgnoreCase);
        bool isUpdate = isCreate || string.Equals(update, "true", StringComparison.OrdinalIgnoreCase);
        return new LockOptions(isUpdate, isCreate, reason.ToUpperInvariant() switch
        {
            "" or "FALSE" => null,
            "TRUE" => LockUpdate.NoReason,
            _ => reason,
        });
    }

    private static string Property(AnalyzerConfigOptions options, string name) =>
        options.TryGetValue("build_property." + name, out string? value) ? value : "";

    /// <summary>The reason is encoded, because the file that it passes through ends a value at '#' and ';'.</summary>
    private static byte[] FromBase64(string value)
    {
        try
        {
            return Convert.FromBase64String(value);
        }
        catch (FormatException)
        {
            // Whoever sets the property by hand has set it in plain text.
            return Encoding.UTF8.GetBytes(value);
        }
    }
}
