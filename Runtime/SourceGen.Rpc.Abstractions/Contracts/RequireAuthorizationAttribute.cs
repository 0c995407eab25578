namespace SourceGen.Rpc;

/// <summary>
/// Says who may call a method of a <see cref="ServiceAttribute">[Service]</see> interface, or each of its methods: callers that are
/// authenticated and have what is named here. Several attributes, on the method and on its interfaces, must all be fulfilled. The side
/// that serves enforces it before it reads the arguments; docs/security.md says how it learns who calls.
/// </summary>
/// <param name="policy">The name of a policy that the server defines; null, the default, for none.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Interface, AllowMultiple = true, Inherited = false)]
public sealed class RequireAuthorizationAttribute(string? policy = null) : Attribute
{
    /// <summary>The name of a policy that the caller must fulfil; null for none.</summary>
    public string? Policy { get; } = policy;

    /// <summary>Roles of which the caller must have at least one. Default: null, no particular one.</summary>
    public string[]? Roles { get; set; }
}
