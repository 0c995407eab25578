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
            string? successor = @new.NameOf(value);
            if (@new.TryGetValue(name, out Int128 now))
            {
                // A second name of a number may come and go; what counts is that the name has its number.
                if (now != value)
                    found.Enqueue(Finding(ContractDifferenceKind.EnumValueChanged, name, value, now, ContractEffect.Misread, ContractEffect.Misread));
            }
            else if (successor is null)
            {
                found.Enqueue(Finding(ContractDifferenceKind.EnumValueRemoved, name, value, null, ContractEffect.Unexpected, ContractEffect.None));
            }
            else if (!old.TryGetValue(successor, out _))
            {
                found.Enqueue(Finding(ContractDifferenceKind.EnumValueRenamed, name, value, null, ContractEffect.None, ContractEffect.None)
                    with { Successor = successor });
            }
            else if (old.TryGetValue(successor, out Int128 before) && before != value)
            {
                // The number now belongs to a name that had another one: that name is reported; the gone one lost its number.
                found.Enqueue(Finding(ContractDifferenceKind.EnumValueRemoved, name, value, null, ContractEffect.Misread, ContractEffect.None));
            }
        }

        foreach ((string name, Int128 value) in @new.Values)
        {
            if (!old.TryGetValue(name, out _) && old.NameOf(value) is null)
                found.Enqueue(Finding(ContractDifferenceKind.EnumValueAdded, name, null, value, ContractEffect.None, ContractEffect.Unexpected));
        }
    }

    private ContractFinding Finding(
        ContractDifferenceKind kind, string name, Int128? before, Int128? after, ContractEffect backward, ContractEffect forward) =>
        new(kind, new ContractPlace(place, $"value '{TypeComparison.Shorten(name)}'") { Owner = @new.Name, Member = name })
        {
            Usage = usage,
            Backward = backward,
            Forward = forward,
            Old = before?.ToString(CultureInfo.InvariantCulture) ?? "",
            New = after?.ToString(CultureInfo.InvariantCulture) ?? "",
        };
}
