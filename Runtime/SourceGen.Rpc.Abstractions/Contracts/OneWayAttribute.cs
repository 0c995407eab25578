namespace SourceGen.Rpc;

/// <summary>
/// Marks a method whose caller does not wait for the handler: the returned task completes when the request has been handed to the
/// connection, and the server sends no reply, not even an error. The method returns <see cref="ValueTask"/> or <see cref="Task"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class OneWayAttribute : Attribute;
