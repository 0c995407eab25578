using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Streams;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire;

namespace SourceGen.Rpc.Client;

/// <summary>Calls of one method that takes a stream and does not return one.</summary>
/// <param name="method">Makes the calls.</param>
/// <param name="shape">The items.</param>
/// <param name="responses">Reads the result.</param>
internal sealed class UploadingMethod<TRequest, TItem, TResponse>(
    StreamingMethod<TRequest> method, TypeShape<TItem> shape, Func<ICodec, ISerializer<TResponse>> responses)
    where TRequest : struct
{
    private readonly ItemFormatCache<TItem> _formats = new(shape);

    /// <summary>Sends the request and the items and waits for the result.</summary>
    public async ValueTask<TResponse> CallAsync(TRequest request, IAsyncEnumerable<TItem> items, CancellationToken cancellationToken)
    {
        ClientObservation observation = Instruments.ObservesClients ? method.Observe() : default;
        Func<RpcConnection, StreamCall> create = connection => new UploadCall<TResponse>(method.FullName, responses(connection.Codec))
        {
            Upload = new Upload<TItem>(connection, _formats.Get(connection.Codec), items, method.FullName),
        };
        StreamCall started;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            started = method.TryStart(in request, create, in observation)
                ?? await method.StartAsync(request, create, observation, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (observation.IsOn)
        {
            observation.End(e);
            throw;
        }

        UploadCall<TResponse> call = (UploadCall<TResponse>)started;
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (call, token) => ((StreamCall)call!).Cancel(token), call);
        try
        {
            return await call.Result.ConfigureAwait(false);
        }
        finally
        {
            registration.Unregister();
        }
    }
}
