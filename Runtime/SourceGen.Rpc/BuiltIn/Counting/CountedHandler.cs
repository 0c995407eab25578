using System.Runtime.CompilerServices;
using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.BuiltIn.Counting;

/// <summary>A handler around another one that counts its calls.</summary>
internal sealed class CountedHandler<TService, TRequest, TResponse>(
    MethodCounts counts, UnaryHandler<TService, TRequest, TResponse> handler)
    where TService : class
    where TRequest : struct
{
    private readonly MethodCounts _counts = counts;
    private readonly UnaryHandler<TService, TRequest, TResponse> _handler = handler;

    /// <summary>Calls the handler.</summary>
    public ValueTask<TResponse> Invoke(TService service, in TRequest request, CancellationToken cancellationToken)
    {
        ref CallCell cell = ref _counts.Cell;
        long start = cell.Begin();
        ValueTask<TResponse> response;
        try
        {
            response = _handler(service, in request, cancellationToken);
        }
        catch (Exception e)
        {
            _counts.Fail(start, e, cancellationToken);
            throw;
        }

        if (!response.IsCompletedSuccessfully) return AwaitAsync(start, response, cancellationToken);
        cell.End();
        if (start != 0) _counts.Time(start);
        return response;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TResponse> AwaitAsync(long start, ValueTask<TResponse> pending, CancellationToken cancellationToken)
    {
        TResponse response;
        try
        {
            response = await pending.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _counts.Fail(start, e, cancellationToken);
            throw;
        }

        // Perhaps on another thread than the one where the call began: each counts what it saw.
        _counts.Cell.End();
        if (start != 0) _counts.Time(start);
        return response;
    }
}
