namespace SourceGen.Rpc.Security;

/// <summary>Who may call one method of a server that authenticates.</summary>
/// <param name="AllowsAnonymous">Whether everybody may; there are no requirements then.</param>
/// <param name="Requirements">What an authenticated caller needs besides, all of it.</param>
internal sealed record MethodAccess(bool AllowsAnonymous, AccessRequirement[] Requirements)
{
    /// <summary>Whether everybody may have the description of the method's service: they may call a method of it.</summary>
    public bool DescribesToAnonymous { get; set; }
}
