namespace SourceGen.Rpc.Discovery;

/// <summary>The names of parameters of a <see cref="ServiceUrl"/> that have a meaning, and two of their values. They are Dubbo's.</summary>
public static class ServiceUrlParameters
{
    /// <summary>The service's name.</summary>
    public const string Interface = "interface";

    /// <summary>The group.</summary>
    public const string Group = "group";

    /// <summary>The version.</summary>
    public const string Version = "version";

    /// <summary>The names of the methods, separated by commas.</summary>
    public const string Methods = "methods";

    /// <summary>What kind of entry it is.</summary>
    public const string Category = "category";

    /// <summary>Whether the entry ends with the server: <c>true</c>, which is the default, or <c>false</c>.</summary>
    public const string Dynamic = "dynamic";

    /// <summary>Whether finding nothing at start is an error: <c>true</c>, which is the default, or <c>false</c>.</summary>
    public const string Check = "check";

    /// <summary>A node's id, where it is not the URL itself. The framework's own, not Dubbo's.</summary>
    public const string Id = "id";

    /// <summary>The address of a node that is called otherwise than at host and port. The framework's own, not Dubbo's.</summary>
    public const string Address = "address";

    /// <summary>The <see cref="Category"/> of servers.</summary>
    public const string Providers = "providers";

    /// <summary>The <see cref="Category"/> of clients.</summary>
    public const string Consumers = "consumers";
}
