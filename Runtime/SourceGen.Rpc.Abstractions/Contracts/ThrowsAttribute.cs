namespace SourceGen.Rpc;

/// <summary>
/// Declares an error that a method of a <see cref="ServiceAttribute">[Service]</see> interface, or each of its methods, may answer with.
/// An exception type arrives at the caller as itself; any other type is the typed detail of an <see cref="RpcException"/>, which the
/// caller reads with <see cref="RpcException.TryGetDetail{TDetail}"/>. docs/errors.md says what the types need.
/// </summary>
/// <typeparam name="TError">An exception, or a class, struct or record that can be serialized.</typeparam>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Interface, AllowMultiple = true, Inherited = false)]
public sealed class ThrowsAttribute<TError> : Attribute
    where TError : notnull
{
    /// <summary>
    /// The code that comes with the exception: what a caller sees whose contract does not know the type. An exception that derives from
    /// <see cref="RpcException"/> brings its own instead, and so does the exception that carries a detail. Default:
    /// <see cref="RpcStatusCode.FailedPrecondition"/>.
    /// </summary>
    public RpcStatusCode Code { get; set; } = RpcStatusCode.FailedPrecondition;
}
