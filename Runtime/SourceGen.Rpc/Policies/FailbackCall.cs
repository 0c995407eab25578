namespace SourceGen.Rpc.Policies;

/// <summary>A call that failed and is to be repeated in the background.</summary>
internal abstract class FailbackCall
{
    /// <summary>The method's full name, for the log.</summary>
    public abstract string Method { get; }

    /// <summary>
    /// Makes one attempt. It does not run in the context that the call was made in: what it needs of that, such as headers, it brings along.
    /// </summary>
    /// <param name="cancellationToken">Cancelled when the client is disposed of.</param>
    public abstract ValueTask RepeatAsync(CancellationToken cancellationToken);

    /// <summary>Whether another attempt makes sense after one has failed so.</summary>
    public abstract bool MayRepeat(Exception error);
}
