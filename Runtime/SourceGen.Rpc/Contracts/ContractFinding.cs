namespace SourceGen.Rpc.Contracts;

/// <summary>One difference as the comparison finds it; <see cref="ContractDifference"/> says what it means.</summary>
/// <param name="Kind">What changed.</param>
/// <param name="Place">Where; the object or enum itself when its <see cref="ContractPlace.Owner"/> is set without a member.</param>
internal sealed record ContractFinding(ContractDifferenceKind Kind, ContractPlace Place)
{
    /// <summary>The method's name on the wire; null where the service or a type shared by methods is meant.</summary>
    public string? Method { get; init; }

    /// <summary>What it was: a type, a name or a number. Empty when there was nothing.</summary>
    public string Old { get; init; } = "";

    /// <summary>What it is. Empty when there is nothing.</summary>
    public string New { get; init; } = "";

    /// <summary>Who writes the value.</summary>
    public ContractUsage Usage { get; init; }

    /// <summary>What becomes of what the old version writes, when the new one reads it.</summary>
    public ContractEffect Backward { get; init; }

    /// <summary>What becomes of what the new version writes, when the old one reads it.</summary>
    public ContractEffect Forward { get; init; }

    /// <summary>Whether a parameter has a default value.</summary>
    public bool HasDefault { get; init; }

    /// <summary>Whether it was a topic, of which the name or the kind changed.</summary>
    public bool IsTopic { get; init; }

    /// <summary>What is new and looks like what is gone.</summary>
    public string? Successor { get; init; }

    /// <summary>Whether a client of the old version that calls a server of the new one is refused.</summary>
    public bool IsRefused => Kind switch
    {
        ContractDifferenceKind.OneWayChanged => true,
        ContractDifferenceKind.ResultRemoved => true,
        ContractDifferenceKind.ResultStreamChanged => true,
        ContractDifferenceKind.ParameterStreamChanged => true,
        ContractDifferenceKind.ParameterAdded => !HasDefault,
        ContractDifferenceKind.MethodRemoved => true,
        ContractDifferenceKind.ServiceRenamed => true,
        ContractDifferenceKind.NotCompared => true,
        _ => Usage != ContractUsage.Error && (Backward == ContractEffect.Refused || Forward == ContractEffect.Refused),
    };
}
