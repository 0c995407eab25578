namespace SourceGen.Rpc.Dynamic;

/// <summary>How a generic client treats the JSON that it is given.</summary>
public sealed class DynamicRpcOptions
{
    /// <summary>
    /// Whether members of objects may be left out although they are not nullable; they then have whatever the server's type gives them. A
    /// contract's schema does not say which members have defaults of their own, so that by default a missing one counts as a
    /// mistake. Arguments of methods are not concerned: the schema says which have defaults. Default: false.
    /// </summary>
    public bool AllowMissingMembers { get; set; }
}
