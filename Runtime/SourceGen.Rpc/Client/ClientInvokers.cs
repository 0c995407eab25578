using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>Calls a method with a result.</summary>
internal sealed class UnaryClientInvoker<TRequest, TResponse>(ClientMethod<TRequest, TResponse> method) : UnaryInvoker<TRequest, TResponse>
    where TRequest : struct
{
    public override ValueTask<TResponse> InvokeAsync(in TRequest request, CancellationToken cancellationToken)
    {
        try
        {
            PendingCall<TResponse>? call = method.TryCall(in request, cancellationToken);
            return call is not null ? new ValueTask<TResponse>(call, call.Version) : method.CallAsync(request, cancellationToken);
        }
        catch (RpcException e)
        {
            return ValueTask.FromException<TResponse>(e);
        }
    }
}

/// <summary>Calls a method without a result.</summary>
internal sealed class ActionClientInvoker<TRequest>(ClientMethod<TRequest, NoResponse> method) : ActionInvoker<TRequest>
    where TRequest : struct
{
    public override ValueTask InvokeAsync(in TRequest request, CancellationToken cancellationToken)
    {
        try
        {
            PendingCall<NoResponse>? call = method.TryCall(in request, cancellationToken);
            return call is not null ? new ValueTask(call, call.Version) : CallAsync(request, cancellationToken);
        }
        catch (RpcException e)
        {
            return ValueTask.FromException(e);
        }
    }

    private async ValueTask CallAsync(TRequest request, CancellationToken cancellationToken) =>
        await method.CallAsync(request, cancellationToken).ConfigureAwait(false);
}

/// <summary>Calls a method that gets no reply.</summary>
internal sealed class OneWayClientInvoker<TRequest>(ClientMethod<TRequest, NoResponse> method) : ActionInvoker<TRequest>
    where TRequest : struct
{
    public override ValueTask InvokeAsync(in TRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return method.TrySend(in request, cancellationToken) ? default : method.SendAsync(request, cancellationToken);
        }
        catch (RpcException e)
        {
            return ValueTask.FromException(e);
        }
    }
}
