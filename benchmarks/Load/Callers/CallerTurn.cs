namespace SourceGen.Rpc.Load;

/// <summary>Tells callers when to stop.</summary>
internal sealed class CallerTurn
{
    private volatile bool _isOver;

    public bool IsOver => _isOver;

    public void End() => _isOver = true;
}
