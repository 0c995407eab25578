namespace SourceGen.Rpc;

/// <summary>Leaves a public member out of the serialized form.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class IgnoreMemberAttribute : Attribute;
