using System.Globalization;

namespace SourceGen.Rpc.Contracts;

/// <summary>Compares the values of two versions of an enum. Their numbers are on the wire, their names are not.</summary>
internal sealed class EnumComparison(SchemaEnum old, SchemaEnum @new, ContractPlace place, ContractUsage usage)
{
    /// <summary>Adds what differs.</summary>
    public void AddTo(Queue<ContractFinding> found)
    {
        foreach ((string name, Int128 value) in old.Values)
        {
            if (@new.TryGetValue(name, out Int128 now))
            {
                // A second name of a number may come and go; what counts is that the name has its number.
                if (now != value)
                    found.Enqueue(
                        Finding(ContractDifferenceKind.EnumValueChanged, name, ContractEffect.Misread, ContractEffect.Misread, value, now));
            }
            else if (Gone(name, value) is { } gone)
            {
                found.Enqueue(gone);
            }
        }

        foreach ((string name, Int128 value) in @new.Values)
        {
            if (old.TryGetValue(name, out _) || old.NameOf(value) is not null) continue;
            found.Enqueue(
                Finding(ContractDifferenceKind.EnumValueAdded, name, ContractEffect.None, ContractEffect.Unexpected, after: value));
        }
    }

    /// <summary>What became of a name that is gone; nothing, if the number has another of its old names.</summary>
    private ContractFinding? Gone(string name, Int128 value)
    {
        if (@new.NameOf(value) is not { } successor)
            return Finding(ContractDifferenceKind.EnumValueRemoved, name, ContractEffect.Unexpected, ContractEffect.None, value);
        if (!old.TryGetValue(successor, out Int128 before))
        {
            return Finding(ContractDifferenceKind.EnumValueRenamed, name, ContractEffect.None, ContractEffect.None, value) with
            {
                Successor = successor,
            };
        }

        // The number belongs to a name now that had another one.
        return before == value
            ? null
            : Finding(ContractDifferenceKind.EnumValueRemoved, name, ContractEffect.Misread, ContractEffect.None, value);
    }

    private ContractFinding Finding(
        ContractDifferenceKind kind, string name, ContractEffect backward, ContractEffect forward, Int128? before = null,
        Int128? after = null) =>
        new(kind, new ContractPlace(place, $"value '{TypeComparison.Shorten(name)}'") { Owner = @new.Name, Member = name })
        {
            Usage = usage,
            Backward = backward,
            Forward = forward,
            Old = before?.ToString(CultureInfo.InvariantCulture) ?? "",
            New = after?.ToString(CultureInfo.InvariantCulture) ?? "",
        };
}
