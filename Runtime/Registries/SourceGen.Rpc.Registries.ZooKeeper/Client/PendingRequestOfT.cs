namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>Reads what an answer holds.</summary>
internal delegate T JuteParser<out T>(ref JuteReader reader);

/// <summary>A request whose answer holds a value.</summary>
internal sealed class PendingRequest<T>(OpCode op, string path, byte[] body, JuteParser<T> parse) : PendingRequest(op, path, body)
{
    private readonly TaskCompletionSource<Reply<T>> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answer; fails with <see cref="ConnectionLostException"/>.</summary>
    public Task<Reply<T>> Completion => _completion.Task;

    public override void Answer(ErrorCode error, ref JuteReader reader) =>
        _completion.TrySetResult(new Reply<T>(error, error == ErrorCode.Ok ? parse(ref reader) : default));

    public override void Fail(Exception reason)
    {
        _completion.TrySetException(reason);
        // Whoever gave up on it does not look at it any more.
        _ = _completion.Task.Exception;
    }
}
