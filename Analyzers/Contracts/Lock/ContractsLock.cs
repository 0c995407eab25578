using System.Collections.Concurrent;

namespace SourceGen.Rpc.Contracts.Lock;

/// <summary>
/// A lock that was read. It never changes, and remembers comparisons: an edit that leaves a contract as it was costs a look-up.
/// </summary>
internal sealed class ContractsLock
{
    private readonly IReadOnlyDictionary<string, Locked> _services;
    private readonly IReadOnlyDictionary<string, LockString> _types;
    private readonly ConcurrentDictionary<CurrentService, IReadOnlyList<ContractDifference>> _compared = new();

    internal ContractsLock(
        string text, IReadOnlyDictionary<string, Locked> services, IReadOnlyDictionary<string, LockString> types,
        IReadOnlyList<string> accepted)
    {
        Text = text;
        _services = services;
        _types = types;
        Accepted = accepted;
    }

    /// <summary>Its text.</summary>
    public string Text { get; }

    /// <summary>The breaking changes that were accepted.</summary>
    public IReadOnlyList<string> Accepted { get; }

    /// <summary>The services, as a lock calls them.</summary>
    public IEnumerable<string> Services => _services.Keys;

    /// <summary>Where a service stands in the lock.</summary>
    public LockString PlaceOf(string service) => _services[service].Place;

    /// <summary>Where the type or the method of a difference stands in the lock; its service, when it is new.</summary>
    public LockString PlaceOf(ContractDifference difference, string service)
    {
        if (difference.Type is { } type && _types.TryGetValue(type, out LockString? place)) return place;
        Locked locked = _services[service];
        return difference.Method is { } method && locked.Methods.TryGetValue(method, out place) ? place : locked.Place;
    }

    /// <summary>Whether a service is locked.</summary>
    public bool Has(CurrentService service) => _services.ContainsKey(service.Key);

    /// <summary>What has become of a locked service.</summary>
    public IReadOnlyList<ContractDifference> Compare(CurrentService service) => _compared.GetOrAdd(
        service,
        current => ContractComparison.Compare(
            _services[current.Key].Schema, current.ReadSchema(), [.. current.ValueTypes]));

    /// <summary>The sentence about a service that the code has no longer.</summary>
    /// <param name="service">The service, as a lock calls it.</param>
    /// <param name="others">The services that the code has.</param>
    public static string WhatOfRemoved(string service, IEnumerable<string> others)
    {
        string name = NameOf(service);
        string? sibling = others.FirstOrDefault(other => NameOf(other) == name);
        string what = $"{LockText.Title(service)} was removed";
        return sibling is null ? what : $"{what}; there is {sibling} now";
    }

    /// <summary>Who is left behind by the removal of a service or topic, as a lock calls it.</summary>
    public static string WhoMisses(string service) => LockText.IsTopic(service) ? "old publishers and subscribers" : "old clients";

    private static string NameOf(string service)
    {
        int version = service.IndexOf(LockText.VersionWord, StringComparison.Ordinal);
        return version < 0 ? service : service.Substring(0, version);
    }

    /// <summary>A service of the lock.</summary>
    /// <param name="Place">Where it stands.</param>
    /// <param name="Schema">Its contract.</param>
    /// <param name="Methods">Where its methods stand.</param>
    internal sealed record Locked(LockString Place, ContractSchema Schema, IReadOnlyDictionary<string, LockString> Methods);
}
