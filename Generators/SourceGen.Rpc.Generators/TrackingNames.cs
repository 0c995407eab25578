namespace SourceGen.Rpc.Generators;

/// <summary>The names of the pipeline's steps; tests ask by them why a step ran.</summary>
public static class TrackingNames
{
    /// <summary>The models of the valid services, all together.</summary>
    public const string AllServices = nameof(AllServices);

    /// <summary>The same, one by one, each with the types that are printed with it.</summary>
    public const string Services = nameof(Services);
}
