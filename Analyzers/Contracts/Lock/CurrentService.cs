namespace SourceGen.Rpc.Contracts.Lock;

/// <summary>A service as the code has it now.</summary>
/// <param name="Name">Its name on the wire.</param>
/// <param name="Version">Its version label, or empty.</param>
/// <param name="Schema">Its contract, as docs/contract-schema.md has it.</param>
/// <param name="ValueTypes">The names of the schema's objects that are structs.</param>
internal sealed record CurrentService(string Name, string Version, string Schema, EquatableArray<string> ValueTypes)
{
    /// <summary>What a lock calls the service. Neither name nor version has white space.</summary>
    public string Key => Version.Length == 0 ? Name : $"{Name}{LockText.VersionWord}{Version}";

    public static CurrentService From(ServiceModel model) => new(model.WireName, model.Version, model.Schema, model.ValueTypes);
}
