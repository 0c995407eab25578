namespace SourceGen.Rpc.Generators;

/// <summary>The names of the pipeline's steps; tests ask by them why a step ran.</summary>
public static class TrackingNames
{
    /// <summary>The models of the valid services, all together.</summary>
    public const string AllServices = nameof(AllServices);

    /// <summary>The same, one by one.</summary>
    public const string Services = nameof(Services);

    /// <summary>The types of all services, each once, in the order of their names.</summary>
    public const string DistinctTypes = nameof(DistinctTypes);

    /// <summary>The types, one by one.</summary>
    public const string Types = nameof(Types);
}
