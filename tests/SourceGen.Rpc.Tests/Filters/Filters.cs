using System.Collections.Concurrent;

namespace SourceGen.Rpc.Tests.Filters;

/// <summary>Notes when it is entered and left.</summary>
internal sealed class RecordingFilter(string name, ConcurrentQueue<string> log) : IRpcClientFilter, IRpcServerFilter
{
    public async ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(
        RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
        where TRequest : struct
    {
        log.Enqueue($"{name}>");
        try
        {
            return await next(call);
        }
        finally
        {
            log.Enqueue($"<{name}");
        }
    }
}

/// <summary>Does what a test says with the call, then goes on.</summary>
internal sealed class BeforeFilter(Action<RpcFilterCall> act) : IRpcClientFilter, IRpcServerFilter
{
    public ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
        where TRequest : struct
    {
        act(call);
        return next(call);
    }
}

/// <summary>Does what a test says instead of the call.</summary>
internal sealed class InsteadFilter(Func<RpcFilterCall, ValueTask<object?>> act) : IRpcClientFilter, IRpcServerFilter
{
    public async ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(
        RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
        where TRequest : struct => await act(call) is TResponse response ? response : default!;
}

/// <summary>Changes results.</summary>
internal sealed class ResultFilter(Func<object?, object?> change) : IRpcClientFilter, IRpcServerFilter
{
    public async ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(
        RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
        where TRequest : struct
    {
        TResponse response = await next(call);
        return call.HasResult ? (TResponse)change(response)! : response;
    }
}

/// <summary>Tries again, up to so many times, what fails with <see cref="RpcStatusCode.Unavailable"/>.</summary>
internal sealed class RetryFilter(int attempts) : IRpcClientFilter, IRpcServerFilter
{
    public async ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(
        RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
        where TRequest : struct
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await next(call);
            }
            catch (RpcException e) when (e.Code == RpcStatusCode.Unavailable && attempt < attempts)
            {
                call.Items["failed"] = attempt;
            }
        }
    }
}

/// <summary>Uses the typed access to arguments: doubles the argument <c>a</c>.</summary>
internal sealed class DoublingFilter : IRpcClientFilter, IRpcServerFilter
{
    public ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
        where TRequest : struct
    {
        call.SetArgument("a", call.GetArgument<int>("a") * 2);
        return next(call);
    }
}

/// <summary>Gives what is behind it a call of its own making.</summary>
internal sealed class ForgingFilter : IRpcServerFilter
{
    public ValueTask<TResponse> InvokeAsync<TRequest, TResponse>(RpcFilterCall<TRequest> call, RpcFilterNext<TRequest, TResponse> next)
        where TRequest : struct =>
        next(new RpcFilterCall<TRequest>(call.Method, new CompilerServices.TypeShape<TRequest>(null!, null!), call.HasResult));
}
