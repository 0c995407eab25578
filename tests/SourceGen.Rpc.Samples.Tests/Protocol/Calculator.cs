using System.Collections.Concurrent;
using SourceGen.Rpc.Samples.Contracts;

namespace SourceGen.Rpc.Samples.Tests.Protocol;

/// <summary>The service that clients of the wire protocol call in tests.</summary>
internal sealed class Calculator : ICalculator
{
    private readonly ConcurrentQueue<string> _notes = new();
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a caller of Wait has given up.</summary>
    public Task Cancelled => _cancelled.Task;

    public ValueTask<int> AddAsync(int a, int b)
    {
        if (RpcContext.Current is { } context && context.RequestHeaders["trace"] is { } trace)
        {
            context.ResponseHeaders["trace"] = trace;
            context.Trailers["cost"] = "1";
            if (context.Baggage["tenant"] is { } tenant && context.RequestHeaders["whose"] is not null) context.Trailers["tenant"] = tenant;
        }

        return new(a + b);
    }

    public ValueTask<int> DivideAsync(int a, int b) => b != 0
        ? new(a / b)
        : throw new RpcException(RpcStatusCode.InvalidArgument, "Nothing can be divided by zero.", "calculator.zero", 422);

    public ValueTask<byte[]> EchoAsync(byte[] data) => new(data);

    public ValueTask NoteAsync(string text)
    {
        _notes.Enqueue(text);
        return default;
    }

    public ValueTask<List<string>> NotesAsync() => new([.. _notes]);

    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _cancelled.TrySetResult();
            throw;
        }
    }
}
