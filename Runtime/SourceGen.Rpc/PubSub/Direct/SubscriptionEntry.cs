using System.Globalization;

namespace SourceGen.Rpc.PubSub.Direct;

/// <summary>
/// A subscription as its process enters it into the registry: metadata <c>s7</c> with the value <c>orders.&gt; billing 256 30000</c>, which is the
/// pattern, the group (empty for none), the prefetch, and the time to settle in milliseconds.
/// </summary>
/// <param name="Id">Its number within the process.</param>
/// <param name="Pattern">What it subscribes to.</param>
/// <param name="Group">Its group; null for none.</param>
/// <param name="Prefetch">How many messages it takes at a time from each publisher.</param>
/// <param name="AckTimeout">How long it may take to settle one.</param>
internal sealed record SubscriptionEntry(uint Id, string Pattern, string? Group, int Prefetch, TimeSpan AckTimeout)
{
    /// <summary>The metadata that says which form the others have.</summary>
    public const string FormKey = "direct";

    /// <summary>The form that this version writes and reads.</summary>
    public const string Form = "1";

    /// <summary>What stands for no group; a group's name is not empty, so that it cannot be confused with one.</summary>
    private const string NoGroup = "";

    /// <summary>The name of its metadata.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"s{Id}");

    /// <summary>The value of its metadata.</summary>
    public string Value => string.Create(CultureInfo.InvariantCulture, $"{Pattern} {Group ?? NoGroup} {Prefetch} {(long)AckTimeout.TotalMilliseconds}");

    /// <summary>Reads metadata.</summary>
    /// <returns>Null when it is no subscription.</returns>
    public static SubscriptionEntry? Read(string key, string value)
    {
        if (key.Length < 2 || key[0] != 's' || !uint.TryParse(key.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out uint id)) return null;
        string[] parts = value.Split(' ');
        if (parts.Length != 4 || TopicName.FindProblem(parts[0], isPattern: true) is not null) return null;
        string? group = parts[1] == NoGroup ? null : parts[1];
        if (group is not null && TopicName.FindProblem(group, isPattern: false) is not null) return null;
        bool isFine = int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int prefetch) && prefetch is >= 1 and <= 1_000_000;
        isFine &= int.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out int timeout) && timeout is >= 1 and <= 86_400_000;
        return isFine ? new SubscriptionEntry(id, parts[0], group, prefetch, TimeSpan.FromMilliseconds(timeout)) : null;
    }
}
