namespace SourceGen.Rpc.Contracts.Lock;

/// <summary>A value of a lock's text, with its place.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="Length">How long it is.</param>
internal abstract record LockNode(int Start, int Length);

/// <summary>A number.</summary>
internal sealed record LockNumber(int Start, int Length, int Value) : LockNode(Start, Length);

/// <summary>A text.</summary>
internal sealed record LockString(int Start, int Length, string Value) : LockNode(Start, Length);

/// <summary>Several values.</summary>
internal sealed record LockList(int Start, int Length, IReadOnlyList<LockNode> Items) : LockNode(Start, Length);

/// <summary>Values with names, in their order.</summary>
internal sealed record LockObject(int Start, int Length, IReadOnlyList<KeyValuePair<LockString, LockNode>> Members)
    : LockNode(Start, Length)
{
    public LockNode? Find(string name)
    {
        foreach (KeyValuePair<LockString, LockNode> member in Members)
        {
            if (member.Key.Value == name) return member.Value;
        }

        return null;
    }
}
