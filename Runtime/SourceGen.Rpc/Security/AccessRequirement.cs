using System.Security.Claims;

namespace SourceGen.Rpc.Security;

/// <summary>One thing that callers need: a role, or what a policy asks, or both.</summary>
/// <param name="Roles">Roles of which one is needed; empty for none.</param>
/// <param name="PolicyName">The policy's name, or null.</param>
/// <param name="Policy">The policy.</param>
/// <param name="IsPublic">Whether the contract says so, which callers have too; what the server adds is not told to them.</param>
internal sealed record AccessRequirement(
    string[] Roles, string? PolicyName, Func<ClaimsPrincipal, CancellationToken, ValueTask<bool>>? Policy, bool IsPublic)
{
    /// <summary>Asks whether a caller has it.</summary>
    /// <returns>Null, or what is missing, as a sentence's end.</returns>
    public async ValueTask<string?> FindMissingAsync(ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (Roles.Length > 0 && !Roles.Any(user.IsInRole))
        {
            if (!IsPublic) return "has no role that this server asks for";
            return Roles.Length == 1 ? $"does not have the role {Roles[0]}" : $"has none of the roles {string.Join(", ", Roles)}";
        }

        if (Policy is null || await Policy(user, cancellationToken).ConfigureAwait(false)) return null;
        return IsPublic ? $"does not fulfil the policy '{PolicyName}'" : "does not fulfil what this server asks for";
    }
}
