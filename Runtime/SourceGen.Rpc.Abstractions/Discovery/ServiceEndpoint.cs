namespace SourceGen.Rpc.Discovery;

/// <summary>One method of a service, as a record describes it. Immutable.</summary>
/// <param name="Name">The method's name on the wire.</param>
public sealed record ServiceEndpoint(string Name)
{
    /// <summary>What it takes; null when the record does not say.</summary>
    public ServiceValue? Request { get; init; }

    /// <summary>What it returns; null when the record does not say.</summary>
    public ServiceValue? Response { get; init; }

    /// <summary>What else is known about it. Default: nothing.</summary>
    public ServiceMetadata Metadata { get; init; } = ServiceMetadata.Empty;
}
