namespace SourceGen.Rpc.Contracts;

/// <summary>Who may call a method, as far as the contract says.</summary>
/// <param name="Requirements">What callers need, all of it.</param>
/// <param name="AllowsAnonymous">Whether everybody may call it.</param>
internal sealed record AccessModel(EquatableArray<RequirementModel> Requirements, bool AllowsAnonymous);

/// <summary>What one attribute asks for.</summary>
/// <param name="Policy">The name of a policy, or null.</param>
/// <param name="Roles">Roles of which one is needed; empty for none.</param>
internal sealed record RequirementModel(string? Policy, EquatableArray<string> Roles);
