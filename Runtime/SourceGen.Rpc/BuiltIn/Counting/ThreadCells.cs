namespace SourceGen.Rpc.BuiltIn.Counting;

/// <summary>The cells of one thread, one for each method of a server.</summary>
internal sealed class ThreadCells(CallCounts owner, int methods)
{
    /// <summary>Unused cells around the used ones keep those of different threads off each other's cache lines.</summary>
    private const int Padding = 2;

    private readonly CallCell[] _cells = new CallCell[methods + (2 * Padding)];

    /// <summary>The server's counts that they belong to.</summary>
    public CallCounts Owner => owner;

    /// <summary>The cell of a method.</summary>
    public ref CallCell this[int method] => ref _cells[method + Padding];
}
