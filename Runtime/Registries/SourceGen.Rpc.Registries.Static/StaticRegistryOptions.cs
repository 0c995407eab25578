using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Registries.Static;

/// <summary>
/// Which services are found where. Can be bound to configuration; a <see cref="StaticRegistry"/> that is created from an options monitor
/// follows its changes.
/// </summary>
public sealed class StaticRegistryOptions
{
    /// <summary>
    /// Addresses at which every service is found that neither <see cref="Services"/> nor <see cref="Records"/> names. With them, services
    /// can neither be listed nor be followed all at once, since their names are not known. Default: none.
    /// </summary>
    public IList<string> Addresses { get; } = [];

    /// <summary>The version of what is found at <see cref="Addresses"/>. Default: empty, none.</summary>
    public string Version { get; set; } = "";

    /// <summary>Services and their nodes. Default: none.</summary>
    public IList<StaticService> Services { get; } = [];

    /// <summary>Services and their nodes as whole records. Not a property, which configuration would be bound to.</summary>
    internal List<ServiceRecord> Records { get; } = [];

    /// <summary>Adds a service and its nodes as a whole record, for lists in code.</summary>
    /// <param name="record">The record.</param>
    public void Add(ServiceRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Records.Add(record);
    }
}
