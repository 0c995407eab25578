using System.Globalization;

namespace SourceGen.Rpc.Contracts.Lock;

/// <summary>A service or topic as the code has it now.</summary>
/// <param name="IsTopic">Whether it is a topic.</param>
/// <param name="Name">Its name on the wire.</param>
/// <param name="Version">Its version label, or empty.</param>
/// <param name="Schema">Its contract, as docs/contract-schema.md has it.</param>
/// <param name="ValueTypes">The names of the schema's objects that are structs.</param>
/// <param name="KeyedNames">The names of members by index.</param>
internal sealed record CurrentService(
    bool IsTopic, string Name, string Version, string Schema, EquatableArray<string> ValueTypes, EquatableArray<KeyedName> KeyedNames)
{
    /// <summary>What a lock calls it. Neither name nor version has white space, so a topic is never taken for a service.</summary>
    public string Key =>
        (IsTopic ? LockText.TopicWord : "") + (Version.Length == 0 ? Name : $"{Name}{LockText.VersionWord}{Version}");

    public static CurrentService From(ServiceModel model) =>
        new(model.IsTopic, model.WireName, model.Version, model.Schema, model.ValueTypes, model.KeyedNames);

    /// <summary>The contract with the names of its members by index, for the comparison.</summary>
    public ContractSchema ReadSchema()
    {
        ContractSchema schema = ContractSchema.Parse(Schema);
        Dictionary<(string Type, string Key), string> names = KeyedNames.ToDictionary(
            static name => (name.Type, name.Index.ToString(CultureInfo.InvariantCulture)), static name => name.Name);
        return schema.WithMemberNames(names);
    }
}
