using SourceGen.Rpc.CompilerServices;

namespace SourceGen.Rpc.Security;

/// <summary>What a server's options say of the callers of a service.</summary>
/// <param name="Contract">The service.</param>
/// <param name="Methods">Names of methods on the wire; empty for all.</param>
/// <param name="Requirement">What is asked of them; null lets everybody in.</param>
internal sealed record AccessRule(RpcContract Contract, string[] Methods, RpcAuthorization? Requirement)
{
    /// <summary>Whether it concerns a method.</summary>
    public bool AppliesTo(RpcMethod method) =>
        method.Contract == Contract && (Methods.Length == 0 || Methods.Any(name => name == method.Name || name == method.FullName));
}
