namespace SourceGen.Rpc.Contracts.Lock;

/// <summary>What becomes of a lock when it is brought up to date with the code.</summary>
internal sealed class LockUpdate
{
    /// <summary>What stands in the lock when nobody said why.</summary>
    public const string NoReason = "no reason given";

    private readonly IReadOnlyCollection<CurrentService> _services;
    private readonly IReadOnlyList<string> _accepted;

    /// <summary>Compares the code with its lock.</summary>
    /// <param name="services">The services of the code.</param>
    /// <param name="existing">Its lock, or null when there is none.</param>
    public LockUpdate(IReadOnlyCollection<CurrentService> services, ContractsLock? existing)
    {
        _services = services;
        _accepted = existing?.Accepted ?? [];
        if (existing is null) return;
        HashSet<string> keys = new(services.Select(static service => service.Key), StringComparer.Ordinal);
        List<string> breaking = [];
        foreach (string removed in existing.Services.Where(service => !keys.Contains(service)))
            breaking.Add($"{ContractsLock.WhatOfRemoved(removed, keys)}: breaks {ContractsLock.WhoMisses(removed)}");
        foreach (CurrentService service in services.Where(existing.Has))
        {
            foreach (ContractDifference difference in existing.Compare(service).Where(static difference => difference.IsBreaking))
                breaking.Add($"{difference.What}: breaks {difference.Affected}");
        }

        Breaking = [.. breaking.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The breaking changes that the lock does not have.</summary>
    public IReadOnlyList<string> Breaking { get; } = [];

    /// <summary>The lock as the code has it.</summary>
    /// <param name="reason">Why its breaking changes are accepted; it stands in the lock with each.</param>
    public string Text(string reason) => LockText.Write(_services, _accepted.Concat(Breaking.Select(line => $"{line}. {reason}")));
}
