namespace SourceGen.Rpc.Selection;

/// <summary>
/// How badly the last calls to a node went: one up for a call that failed or was refused, one down for one that succeeded, and one down for
/// each second that passes, so that a node that nobody dares to call is tried again. Level and moment share one word.
/// </summary>
internal struct SetbackLevel
{
    /// <summary>The highest level there is.</summary>
    public const int Highest = 10;

    /// <summary>The level, then the moment of its last change; 0 when all is well.</summary>
    private ulong _word;

    /// <summary>Whether the level may be above 0; whoever finds out that it is not needs no clock.</summary>
    public readonly bool IsSet => Volatile.Read(in _word) != 0;

    /// <summary>The level, from 0 to <see cref="Highest"/>.</summary>
    public readonly int At(uint moment) => LevelOf(Volatile.Read(in _word), moment);

    /// <summary>A call failed or was refused.</summary>
    public void Raise(uint moment) => Change(+1, moment);

    /// <summary>A call succeeded. Costs a look when all is well anyhow.</summary>
    public void Lower(uint moment)
    {
        if (IsSet) Change(-1, moment);
    }

    private static int LevelOf(ulong word, uint moment)
    {
        int level = (int)(word >> 32);
        int age = CoarseTime.Between((uint)word, moment);
        return age <= 0 ? level : Math.Max(0, level - age / CoarseTime.Second);
    }

    private void Change(int by, uint moment)
    {
        ulong seen = Volatile.Read(in _word);
        while (true)
        {
            int level = Math.Clamp(LevelOf(seen, moment) + by, 0, Highest);
            ulong next = level == 0 ? 0 : (ulong)level << 32 | moment;
            ulong found = Interlocked.CompareExchange(ref _word, next, seen);
            if (found == seen) return;
            seen = found;
        }
    }
}
