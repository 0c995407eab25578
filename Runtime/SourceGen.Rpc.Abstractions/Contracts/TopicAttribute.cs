namespace SourceGen.Rpc;

/// <summary>
/// Marks a partial interface whose methods are events: a call publishes a message to whoever has subscribed, and an implementation handles the
/// messages that arrive. At compile time the source generator completes the interface with its contract
/// (<see cref="CompilerServices.ITopicContract{TSelf}"/>), a publishing proxy, a dispatcher and the serializers of every type it uses.
/// </summary>
/// <remarks>
/// A method returns <see cref="ValueTask"/> or <see cref="Task"/> without a result. It is published to the topic <c>name.method</c>, where
/// <c>method</c> is the method's name without a trailing <c>Async</c>, or what <see cref="MethodAttribute.Name"/> says. Parameters with
/// <see cref="HashKeyAttribute">[HashKey]</see> are the message's key.
/// </remarks>
/// <param name="name">The contract's name: see <see cref="Name"/>.</param>
/// <example>
/// <code>
/// [Topic("orders")]
/// public partial interface IOrderEvents
/// {
///     ValueTask PlacedAsync(Order order, CancellationToken ct = default);                          // orders.Placed
///
///     ValueTask ShippedAsync([HashKey] string orderId, DateTimeOffset at, CancellationToken ct = default); // orders.Shipped
/// }
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Interface, Inherited = false)]
public sealed class TopicAttribute(string name) : Attribute
{
    /// <summary>
    /// What the topics of the interface's events begin with: ASCII letters, digits, underscores and dashes in tokens with dots between. With a dot
    /// and the event's name behind it, it has at most 255 characters.
    /// </summary>
    public string Name { get; } = name;

    /// <summary>The contract's version, a label. It is no part of the topics. Default: empty.</summary>
    public string? Version { get; set; }
}
