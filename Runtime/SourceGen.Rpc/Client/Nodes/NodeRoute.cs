using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Client.Nodes;

/// <summary>What all calls of one method to a service have in common.</summary>
/// <param name="Service">The service.</param>
/// <param name="Method">The method.</param>
/// <param name="Terms">Says how long a call may take, all attempts together.</param>
internal sealed record NodeRoute(ServiceChannel Service, RpcMethod Method, MethodTerms Terms)
{
    /// <summary>Whether calling twice has the same effect as calling once.</summary>
    public bool IsIdempotent { get; } = (Method.Options & RpcMethodOptions.Idempotent) != 0;
}
