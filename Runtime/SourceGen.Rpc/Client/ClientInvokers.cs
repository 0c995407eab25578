using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>Calls a method with a result.</summary>
internal sealed class UnaryClientInvoker<TRequest, TResponse>(ClientMethod<TRequest, TResponse> method) : UnaryInvoker<TRequest, TResponse>
    where TRequest : struct
{
    public override ValueTask<TResponse> InvokeAsync(in TRequest request, CancellationToken cancellationToken)
    {
        ClientObservation observation = Instruments.ObservesClients ? method.Observe() : default;
        try
        {
            if (!observation.IsOn && method.TryInvoke(in request, cancellationToken, out ValueTask<TResponse> direct)) return direct;
            PendingCall<TResponse>? call = method.TryCall(in request, in observation, cancellationToken);
            return call is not null
                ? new ValueTask<TResponse>(call, call.Version)
                : method.CallAsync(request, observation, cancellationToken);
        }
        catch (RpcException e)
        {
            if (observation.IsOn) observation.End(e);
            return ValueTask.FromException<TResponse>(e);
        }
        catch (Exception e) when (observation.IsOn)
        {
            observation.End(e);
            throw;
        }
    }
}

/// <summary>Calls a method without a result.</summary>
internal sealed class ActionClientInvoker<TRequest>(ClientMethod<TRequest, NoResponse> method) : ActionInvoker<TRequest>
    where TRequest : struct
{
    public override ValueTask InvokeAsync(in TRequest request, CancellationToken cancellationToken)
    {
        ClientObservation observation = Instruments.ObservesClients ? method.Observe() : default;
        try
        {
            if (!observation.IsOn && method.TryInvoke(in request, cancellationToken, out ValueTask<NoResponse> direct))
                return direct.IsCompletedSuccessfully ? default : AwaitAsync(direct);
            PendingCall<NoResponse>? call = method.TryCall(in request, in observation, cancellationToken);
            return call is not null ? new ValueTask(call, call.Version) : CallAsync(request, observation, cancellationToken);
        }
        catch (RpcException e)
        {
            if (observation.IsOn) observation.End(e);
            return ValueTask.FromException(e);
        }
        catch (Exception e) when (observation.IsOn)
        {
            observation.End(e);
            throw;
        }
    }

    private static async ValueTask AwaitAsync(ValueTask<NoResponse> call) => await call.ConfigureAwait(false);

    private async ValueTask CallAsync(TRequest request, ClientObservation observation, CancellationToken cancellationToken) =>
        await method.CallAsync(request, observation, cancellationToken).ConfigureAwait(false);
}

/// <summary>Calls a method that gets no reply.</summary>
internal sealed class OneWayClientInvoker<TRequest>(ClientMethod<TRequest, NoResponse> method) : ActionInvoker<TRequest>
    where TRequest : struct
{
    public override ValueTask InvokeAsync(in TRequest request, CancellationToken cancellationToken)
    {
        ClientObservation observation = Instruments.ObservesClients ? method.Observe() : default;
        try
        {
            if (!method.TrySend(in request, in observation, cancellationToken))
                return method.SendAsync(request, observation, cancellationToken);
        }
        catch (RpcException e)
        {
            if (observation.IsOn) observation.End(e);
            return ValueTask.FromException(e);
        }
        catch (Exception e) when (observation.IsOn)
        {
            observation.End(e);
            throw;
        }

        if (observation.IsOn) observation.End(error: null);
        return default;
    }
}
