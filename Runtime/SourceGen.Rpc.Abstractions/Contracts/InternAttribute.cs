namespace SourceGen.Rpc;

/// <summary>
/// Lets the reader share equal strings: for a member or parameter of type <see cref="string"/> that has few different values, such as a
/// currency or a country. Strings of up to 64 bytes are looked up in a table of fixed size, which keeps the latest; a peer
/// that sends many different ones makes it useless, and nothing worse. On the wire nothing changes.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter, Inherited = false)]
public sealed class InternAttribute : Attribute;
