namespace SourceGen.Rpc.Tests.Wire;

/// <summary>
/// Depth-first search over all schedules. A schedule is replayed from the start on a fresh model, because the code under test cannot be
/// copied; a state that was reached before is not gone into again.
/// </summary>
internal sealed class Exploration
{
    private readonly Func<OwnershipModel> _create;
    private readonly HashSet<string> _seen = [];

    private Exploration(Func<OwnershipModel> create) => _create = create;

    /// <summary>How many different states were reached.</summary>
    public int States => _seen.Count;

    /// <summary>The first violation, with the schedule that leads to it.</summary>
    public string? Violation { get; private set; }

    public static Exploration Run(Func<OwnershipModel> create)
    {
        Exploration exploration = new(create);
        exploration.Explore([]);
        return exploration;
    }

    private void Explore(List<int> schedule)
    {
        OwnershipModel model = _create();
        foreach (int thread in schedule) model.Step(thread);
        if (!_seen.Add(model.State)) return;
        int[] next = [.. model.ThreadsThatCanStep()];
        string? violation = model.Violation ?? (next.Length == 0 ? model.FindWhatIsMissing() : null);
        if (violation is not null)
        {
            Violation = $"{violation}, after the steps {string.Join(' ', schedule)}";
            return;
        }

        foreach (int thread in next)
        {
            if (Violation is not null) return;
            schedule.Add(thread);
            Explore(schedule);
            schedule.RemoveAt(schedule.Count - 1);
        }
    }
}
