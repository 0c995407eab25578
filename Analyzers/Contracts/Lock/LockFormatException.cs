namespace SourceGen.Rpc.Contracts.Lock;

/// <summary>A text is not a contract lock.</summary>
/// <param name="start">Where in the text.</param>
/// <param name="length">How much of it.</param>
/// <param name="problem">What is wrong there, and what to do, without a full stop.</param>
internal sealed class LockFormatException(int start, int length, string problem) : Exception(problem)
{
    public int Start => start;

    public int Length => length;
}
