using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts.Lock;

/// <summary>What can be said about a contract and its lock. An id is a literal, as in <see cref="DiagnosticDescriptors"/>.</summary>
internal static class LockDescriptors
{
    private const string Category = "SourceGen.Rpc.ContractLock";
    private const string HelpLink = "https://github.com/sourcegen-rpc/sourcegen-rpc/blob/main/docs/diagnostics/";
    private const string ToUpdate = "update the lock by the code fix, or by 'dotnet build -p:UpdateContractsLock=true'";
    private const string ToAccept =
        "To break them deliberately, use the code fix or 'dotnet build -p:UpdateContractsLock=true "
        + "-p:AcceptBreakingContractChanges=\"why\"', which records it in the lock.";

    public static readonly DiagnosticDescriptor NotLocked = new(
        "SGR0060",
        "A contract is not locked",
        "Nothing notices when a change of '{0}' breaks old clients: the code fix creates " + LockText.FileName,
        Category, DiagnosticSeverity.Hidden, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0060.md");

    public static readonly DiagnosticDescriptor Compatible = new(
        "SGR0061",
        "The contract changed and its lock did not",
        "{0}. This is compatible: {1} To record it, " + ToUpdate + ".",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0061.md");

    public static readonly DiagnosticDescriptor Breaking = new(
        "SGR0062",
        "A change of the contract breaks others",
        "{0}. This breaks {1}: {2} {3} " + ToAccept,
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0062.md");

    public static readonly DiagnosticDescriptor Unreadable = new(
        "SGR0063",
        "The contract lock cannot be read",
        "The contract lock cannot be read: {0}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0063.md");

    public static readonly DiagnosticDescriptor Stale = new(
        "SGR0064",
        "The contract lock is not as it is written",
        "This line of the contract lock is not the one that the contract gives, though both mean the same: " + ToUpdate,
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0064.md",
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor ServiceRemoved = new(
        "SGR0065",
        "A locked service is gone",
        "{0}. This breaks {1}. Keep it, or keep its name with {2}. "
        + ToAccept,
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: HelpLink + "SGR0065.md",
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>All of them, by id.</summary>
    public static readonly DiagnosticDescriptor[] All = [NotLocked, Compatible, Breaking, Unreadable, Stale, ServiceRemoved];
}
