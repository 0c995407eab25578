namespace SourceGen.Rpc.Hosting.Tests.Support;

/// <summary>A handler that says when it was entered, and returns when the test lets it, or its caller gives up.</summary>
internal sealed class StagedGreeter : IGreeter
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the handler runs.</summary>
    public Task Entered => _entered.Task;

    /// <summary>Completes when the handler's token was cancelled.</summary>
    public Task Cancelled => _cancelled.Task;

    /// <summary>What happened, in order.</summary>
    public List<string> Events { get; } = [];

    /// <summary>Lets the handler return.</summary>
    public void Release() => _released.SetResult();

    public async ValueTask<string> GreetAsync(string name, CancellationToken cancellationToken = default)
    {
        _entered.SetResult();
        try
        {
            await _released.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _cancelled.SetResult();
            throw;
        }

        lock (Events) Events.Add("handler finished");
        return $"Hello, {name}";
    }
}
