using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.ContractLock.Tests.Corpus;

/// <summary>One difference that the comparison has to find, and what it has to say of it.</summary>
public sealed record Change(
    ContractDifferenceKind Kind, ContractEffect OldClients, ContractEffect OldServers, ContractEffect StoredData, bool IsBreaking)
{
    public static Change Of(ContractDifference difference) => new(
        difference.Kind, difference.OldClients, difference.OldServers, difference.StoredData, difference.IsBreaking);

    /// <summary>A change that breaks someone.</summary>
    public static Change Breaks(
        ContractDifferenceKind kind,
        ContractEffect oldClients = ContractEffect.None,
        ContractEffect oldServers = ContractEffect.None,
        ContractEffect stored = ContractEffect.None) => new(kind, oldClients, oldServers, stored, IsBreaking: true);

    /// <summary>A change that breaks nobody, though what is new may not work everywhere.</summary>
    public static Change Fits(
        ContractDifferenceKind kind,
        ContractEffect oldClients = ContractEffect.None,
        ContractEffect oldServers = ContractEffect.None,
        ContractEffect stored = ContractEffect.None) => new(kind, oldClients, oldServers, stored, IsBreaking: false);
}
