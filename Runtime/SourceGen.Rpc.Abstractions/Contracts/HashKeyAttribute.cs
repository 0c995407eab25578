namespace SourceGen.Rpc;

/// <summary>
/// Says that calls with the same value of a parameter go to the same server, as far as that is possible: with balancers that hash
/// (<c>consistent-hash</c>, <c>rendezvous</c>); others do not look at it. Several parameters count together, in order. It is a matter of clients
/// and nothing that goes over the wire: adding or removing it changes no contract. Of an event of a <see cref="TopicAttribute">[Topic]</see> it is
/// the message's key.
/// </summary>
/// <remarks>
/// On parameters of methods without streams whose type is a <see cref="string"/>, an integer, an enum, a <see cref="Guid"/> or a byte array. The hash
/// is that of <see cref="Selection.KeyHash"/>.
/// </remarks>
/// <example>
/// <code>
/// ValueTask&lt;Cart&gt; CartAsync([HashKey] string customer, CancellationToken ct = default);
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Parameter, Inherited = false)]
public sealed class HashKeyAttribute : Attribute;
