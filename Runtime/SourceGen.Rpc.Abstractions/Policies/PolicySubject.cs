namespace SourceGen.Rpc;

/// <summary>What policies have to know about a method.</summary>
/// <param name="IsIdempotent">Whether calling it twice has the same effect as calling it once.</param>
/// <param name="IsOneWay">Whether no reply is sent.</param>
/// <param name="HasStream">Whether it takes or gives a stream.</param>
/// <param name="NeedsResult">Whether it has a result that cannot be null.</param>
internal readonly record struct PolicySubject(bool IsIdempotent, bool IsOneWay, bool HasStream, bool NeedsResult);
