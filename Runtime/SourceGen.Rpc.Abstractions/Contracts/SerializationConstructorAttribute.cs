namespace SourceGen.Rpc;

/// <summary>
/// Tells the reader which public constructor to call, where a type has several. Each of its parameters matches a member, by name or by a
/// <see cref="KeyAttribute"/> of its own, or has a default value.
/// </summary>
[AttributeUsage(AttributeTargets.Constructor, Inherited = false)]
public sealed class SerializationConstructorAttribute : Attribute;
