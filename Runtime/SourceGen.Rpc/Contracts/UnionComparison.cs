using System.Globalization;

namespace SourceGen.Rpc.Contracts;

/// <summary>Compares the cases of two versions of a union. Their tags are on the wire.</summary>
internal sealed class UnionComparison(SchemaUnion old, SchemaUnion @new, ContractPlace place, ContractUsage usage)
{
    /// <summary>The step to a case.</summary>
    public static ContractPlace To(ContractPlace place, SchemaUnion owner, SchemaCase @case)
    {
        string tag = @case.Tag.ToString(CultureInfo.InvariantCulture);
        return new ContractPlace(place, $"case {tag}") { Owner = owner.Name, Member = tag };
    }

    /// <summary>Adds the cases that one side does not list.</summary>
    public void AddTo(Queue<ContractFinding> found)
    {
        foreach (SchemaCase @case in old.Cases)
        {
            if (@new.Find(@case.Tag) is not null) continue;
            found.Enqueue(new ContractFinding(ContractDifferenceKind.UnionCaseRemoved, To(place, @new, @case))
            {
                Usage = usage,
                Backward = AtReader(@new),
                Old = @case.Type.ToString(),
            });
        }

        foreach (SchemaCase @case in @new.Cases)
        {
            if (old.Find(@case.Tag) is not null) continue;
            found.Enqueue(new ContractFinding(ContractDifferenceKind.UnionCaseAdded, To(place, @new, @case))
            {
                Usage = usage,
                Forward = AtReader(old),
                New = @case.Type.ToString(),
            });
        }

        if (old.IsOpen == @new.IsOpen) return;
        ContractDifferenceKind kind = @new.IsOpen ? ContractDifferenceKind.UnionOpened : ContractDifferenceKind.UnionClosed;
        found.Enqueue(new ContractFinding(kind, new ContractPlace(place, "the fallback") { Owner = @new.Name }) { Usage = usage });
    }

    /// <summary>What a reader makes of a case that it does not list: with a fallback, a value that it keeps.</summary>
    private static ContractEffect AtReader(SchemaUnion reader) => reader.IsOpen ? ContractEffect.Unexpected : ContractEffect.Fails;
}
