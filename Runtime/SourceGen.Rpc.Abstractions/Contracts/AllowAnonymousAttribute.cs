namespace SourceGen.Rpc;

/// <summary>
/// Lets callers that are not authenticated call a method of a <see cref="ServiceAttribute">[Service]</see> interface, or each of its
/// methods, on a server that authenticates. What is nearer to the method has the say: on a method it holds against
/// <see cref="RequireAuthorizationAttribute">[RequireAuthorization]</see> on the interface, and on the interface it does not concern
/// methods with a <c>[RequireAuthorization]</c> of their own.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Interface, Inherited = false)]
public sealed class AllowAnonymousAttribute : Attribute;
