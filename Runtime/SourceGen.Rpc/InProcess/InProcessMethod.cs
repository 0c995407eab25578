using SourceGen.Rpc.Client;
using SourceGen.Rpc.Errors;

namespace SourceGen.Rpc.InProcess;

/// <summary>Calls a method of a server in this process without a message.</summary>
internal abstract class InProcessMethod<TRequest, TResponse>
    where TRequest : struct
{
    /// <summary>Calls the method, if nothing about the call, its caller or the server asks for the ordinary way.</summary>
    /// <param name="request">The arguments.</param>
    /// <param name="terms">What the call is made with.</param>
    /// <param name="errors">The errors that the method declares, as the client reads them; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="call">The call, begun and perhaps completed.</param>
    /// <returns>False when the call is to be made in the ordinary way; nothing has happened then.</returns>
    public abstract bool TryInvoke(
        in TRequest request,
        CallTerms terms,
        DeclaredErrors? errors,
        CancellationToken cancellationToken,
        out ValueTask<TResponse> call);
}
