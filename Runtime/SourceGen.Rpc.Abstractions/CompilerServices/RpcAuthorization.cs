namespace SourceGen.Rpc.CompilerServices;

/// <summary>One thing that a method asks of its callers (<see cref="RequireAuthorizationAttribute">[RequireAuthorization]</see>).</summary>
/// <param name="policy">The name of a policy; null for none.</param>
/// <param name="roles">Roles of which the caller must have one; empty for none.</param>
public sealed class RpcAuthorization(string? policy, IReadOnlyList<string> roles)
{
    /// <summary>The name of a policy that the caller must fulfil; null for none.</summary>
    public string? Policy { get; } = policy;

    /// <summary>Roles of which the caller must have at least one; empty when none is asked for.</summary>
    public IReadOnlyList<string> Roles { get; } = roles;
}
