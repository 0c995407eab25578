namespace SourceGen.Rpc.Contracts;

/// <summary>
/// Whom a difference affects, and how. What the old version writes and the new one reads, and the reverse, becomes one of old clients
/// and old servers by who writes the value.
/// </summary>
/// <param name="OldClients">An old client that calls a new server.</param>
/// <param name="OldServers">A new client that calls an old server.</param>
/// <param name="StoredData">Old data that the new version reads.</param>
/// <param name="IsBreaking">Whether anything that worked does not any more.</param>
internal sealed record ContractImpact(
    ContractEffect OldClients, ContractEffect OldServers, ContractEffect StoredData, bool IsBreaking)
{
    /// <summary>The worst that old servers may do to what is new only, where that is no breach.</summary>
    public ContractEffect OldServersTolerate { get; private init; }

    /// <summary>Finds out what a difference means.</summary>
    public static ContractImpact Of(ContractFinding finding)
    {
        bool isParameter = (finding.Usage & ContractUsage.Parameter) != 0;
        bool isRead = (finding.Usage & (ContractUsage.Result | ContractUsage.Error)) != 0;
        switch (finding.Kind)
        {
            case ContractDifferenceKind.ServiceRenamed:
            case ContractDifferenceKind.OneWayChanged:
            case ContractDifferenceKind.ResultStreamChanged:
            case ContractDifferenceKind.ParameterStreamChanged:
            case ContractDifferenceKind.NotCompared:
                return new ContractImpact(ContractEffect.Refused, ContractEffect.Refused, ContractEffect.None, IsBreaking: true);
            case ContractDifferenceKind.MethodAdded:
                return Compatible(oldServers: ContractEffect.Refused);
            case ContractDifferenceKind.MethodRemoved:
            case ContractDifferenceKind.ResultRemoved:
                return new ContractImpact(ContractEffect.Refused, ContractEffect.None, ContractEffect.None, IsBreaking: true);
            case ContractDifferenceKind.ResultAdded:
                return new ContractImpact(ContractEffect.None, ContractEffect.Refused, ContractEffect.None, IsBreaking: true);
            case ContractDifferenceKind.ParameterAdded when finding.HasDefault:
                return Compatible(oldServers: ContractEffect.Lost);
            case ContractDifferenceKind.ParameterAdded:
                return new ContractImpact(ContractEffect.Refused, ContractEffect.Lost, ContractEffect.None, IsBreaking: true)
                {
                    OldServersTolerate = ContractEffect.Lost,
                };
            case ContractDifferenceKind.ParameterRemoved:
                ContractEffect withoutIt = finding.HasDefault ? ContractEffect.None : ContractEffect.Refused;
                return new ContractImpact(ContractEffect.Lost, withoutIt, ContractEffect.None, IsBreaking: true);
            case ContractDifferenceKind.ErrorRemoved:
                return new ContractImpact(ContractEffect.Lost, ContractEffect.None, ContractEffect.None, IsBreaking: true);
            case ContractDifferenceKind.MemberAdded:
                return Compatible(oldServers: ContractEffect.Lost);
            case ContractDifferenceKind.MemberRemoved:
                return new ContractImpact(
                    ContractEffect.Lost, isParameter ? ContractEffect.Lost : ContractEffect.None,
                    finding.Usage == ContractUsage.Error ? ContractEffect.None : ContractEffect.Lost, IsBreaking: true);
            default:
                return OfValue(finding, isParameter, isRead);
        }
    }

    private static ContractImpact OfValue(ContractFinding finding, bool isParameter, bool isRead)
    {
        ContractEffect backward = finding.Backward, forward = finding.Forward;
        // An error that cannot be read still arrives, with its code and its message.
        bool isErrorOnly = finding.Usage == ContractUsage.Error;
        ContractEffect read = isErrorOnly && forward > ContractEffect.Lost ? ContractEffect.Lost : forward;
        ContractEffect readOld = isErrorOnly && backward > ContractEffect.Lost ? ContractEffect.Lost : backward;
        ContractEffect stored = finding.Place.NearestMember is null || isErrorOnly ? ContractEffect.None
            : backward == ContractEffect.Refused ? ContractEffect.Fails
            : backward;

        // What only the new version writes may fail at an old server, but what both write may not.
        bool isNewOnly = forward is not (ContractEffect.Misread or ContractEffect.Refused);
        bool isBreaking = backward >= ContractEffect.Lost || !isNewOnly || (isRead && forward >= ContractEffect.Lost)
            || finding.Kind is ContractDifferenceKind.EnumValueRemoved or ContractDifferenceKind.UnionCaseRemoved;
        return new ContractImpact(
            Worse(isParameter ? backward : ContractEffect.None, isRead ? read : ContractEffect.None),
            Worse(isParameter ? forward : ContractEffect.None, isRead ? readOld : ContractEffect.None),
            stored,
            isBreaking)
        {
            OldServersTolerate = isParameter && isNewOnly && (!isRead || readOld == ContractEffect.None) ? forward : ContractEffect.None,
        };
    }

    private static ContractImpact Compatible(ContractEffect oldServers) =>
        new(ContractEffect.None, oldServers, ContractEffect.None, IsBreaking: false);

    private static ContractEffect Worse(ContractEffect x, ContractEffect y) => x > y ? x : y;
}
