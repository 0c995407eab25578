using System.Collections.Immutable;

namespace SourceGen.Rpc.Discovery;

/// <summary>A part of a request or response, as a record describes it. Immutable.</summary>
/// <param name="Name">The name of the parameter or member.</param>
/// <param name="Type">Its type, in the notation of docs/contract-schema.md for the framework's own records.</param>
public sealed record ServiceValue(string Name, string Type)
{
    private readonly ImmutableArray<ServiceValue> _values = [];

    /// <summary>Its parts. Default: none.</summary>
    public ImmutableArray<ServiceValue> Values
    {
        get => _values;
        init => _values = value.IsDefault ? [] : value;
    }

    /// <inheritdoc/>
    public bool Equals(ServiceValue? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Name == other.Name && Type == other.Type && _values.AsSpan().SequenceEqual(other._values.AsSpan()));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Type, _values.Length);
}
