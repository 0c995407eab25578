namespace SourceGen.Rpc.Contracts;

/// <summary>One difference between two versions of a contract: what changed, whom it affects, and what can be done about it.</summary>
#if NET
public
#else
internal
#endif
sealed class ContractDifference
{
    private readonly ContractFinding _finding;
    private readonly ContractImpact _impact;

    internal ContractDifference(string service, ContractFinding finding)
    {
        _finding = finding;
        _impact = ContractImpact.Of(finding);
        Service = service;
        ContractPlace? member = finding.Place.NearestMember;
        Type = member?.Owner;
        Member = member?.Member;
        Subject = member is not null ? $"{Type} {finding.Place.From(member)}"
            : finding.Method is null ? service
            : finding.Kind is ContractDifferenceKind.MethodAdded or ContractDifferenceKind.MethodRemoved ? $"{service}/{finding.Method}"
            : $"{service}/{finding.Method} {finding.Place}";
        Path = finding.Method is null ? service : $"{service}/{finding.Method} {finding.Place}";
    }

    /// <summary>What changed.</summary>
    public ContractDifferenceKind Kind => _finding.Kind;

    /// <summary>The service's name on the wire.</summary>
    public string Service { get; }

    /// <summary>
    /// The method's name on the wire. Of a change within a type, the first method that leads to it; null for the service itself.
    /// </summary>
    public string? Method => _finding.Method;

    /// <summary>The parameter's name, if the change is about a parameter or below one; otherwise null.</summary>
    public string? Parameter => _finding.Place.Root.Parameter;

    /// <summary>The name of the object or enum that changed, as the newer contract has it; null when a method changed.</summary>
    public string? Type { get; }

    /// <summary>The member's key, or the enum value's name, in <see cref="Type"/>; otherwise null.</summary>
    public string? Member { get; }

    /// <summary>What changed, by its nearest name: <c>Shop.Person member 'Name'</c>, <c>Shop.Greeter/Hello parameter 'times'</c>.</summary>
    public string Subject { get; }

    /// <summary>The way to it from a method: <c>Shop.Greeter/Hello parameter 'person' member 'Name'</c>.</summary>
    public string Path { get; }

    /// <summary>What it means, at worst, to clients of the older version that call servers of the newer one.</summary>
    public ContractEffect OldClients => _impact.OldClients;

    /// <summary>
    /// What it means, at worst, to clients of the newer version that call servers of the older one. Also what is new and cannot work
    /// there, such as a call of a method that the server does not have; that alone does not make the change a breaking one.
    /// </summary>
    public ContractEffect OldServers => _impact.OldServers;

    /// <summary>
    /// What it means, at worst, to objects that were stored as the older version writes them and are read as the newer one.
    /// </summary>
    public ContractEffect StoredData => _impact.StoredData;

    /// <summary>Whether something that worked does not any more. Otherwise the change is compatible.</summary>
    public bool IsBreaking => _impact.IsBreaking;

    /// <summary>What changed, as half a sentence: <c>Shop.Person member 'Name' was removed</c>.</summary>
    public string What => $"{Subject} {ContractDifferenceText.What(_finding)}";

    /// <summary>Why it breaks, or what to know about it: one sentence.</summary>
    public string Why => ContractDifferenceText.Why(_finding);

    /// <summary>What to do instead of a breaking change: one sentence; empty for a compatible change.</summary>
    public string WayOut => IsBreaking ? ContractDifferenceText.WayOut(_finding) : "";

    /// <summary>Who is affected by a breaking change, <c>old clients and stored data</c>; empty for a compatible one.</summary>
    public string Affected
    {
        get
        {
            if (!IsBreaking) return "";
            List<string> parties = [];
            if (OldClients != ContractEffect.None) parties.Add("old clients");
            if (OldServers > _impact.OldServersTolerate) parties.Add("old servers");
            if (StoredData != ContractEffect.None) parties.Add("stored data");
            return parties.Count switch
            {
                1 => parties[0],
                2 => $"{parties[0]} and {parties[1]}",
                _ => $"{parties[0]}, {parties[1]} and {parties[2]}",
            };
        }
    }

    /// <summary>All of it, for a person to read.</summary>
    public override string ToString() =>
        IsBreaking ? $"{What}. This breaks {Affected}: {Why} {WayOut}" : $"{What}. This is compatible: {Why}";
}
