namespace SourceGen.Rpc.Discovery;

/// <summary>The errors that all registries have in common, so that callers need not know which one they use.</summary>
public static class RegistryErrors
{
    /// <summary>No node of a service is registered.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="registry">The registry's <see cref="IRegistry.Address"/>.</param>
    /// <returns>An exception with <see cref="RpcStatusCode.NotFound"/>, to be thrown.</returns>
    public static RpcException NotFound(string service, string registry) => NotSent(
        RpcStatusCode.NotFound,
        $"The service '{service}' is not registered at {registry}: no server offers it there now, or the name is another one.");

    /// <summary>The registry cannot be reached, or broke off.</summary>
    /// <param name="registry">The registry's <see cref="IRegistry.Address"/>.</param>
    /// <param name="what">What was being done, such as <c>register Greeter</c>.</param>
    /// <param name="reason">What is known about it.</param>
    /// <param name="cause">The cause.</param>
    /// <returns>An exception with <see cref="RpcStatusCode.Unavailable"/>, to be thrown.</returns>
    public static RpcException Unavailable(string registry, string what, string reason, Exception? cause = null) =>
        NotSent(RpcStatusCode.Unavailable, $"Could not {what} at {registry}: {reason}", cause);

    /// <summary>The registry does not accept who asks.</summary>
    /// <param name="registry">The registry's <see cref="IRegistry.Address"/>.</param>
    /// <param name="what">What was being done.</param>
    /// <param name="isKnown">Whether it knows who asks, who then lacks a right; otherwise the credential is missing or wrong.</param>
    /// <param name="reason">What it answered.</param>
    /// <returns>
    /// An exception with <see cref="RpcStatusCode.PermissionDenied"/> or <see cref="RpcStatusCode.Unauthenticated"/>, to be thrown.
    /// </returns>
    public static RpcException Refused(string registry, string what, bool isKnown, string reason) => NotSent(
        isKnown ? RpcStatusCode.PermissionDenied : RpcStatusCode.Unauthenticated,
        $"Could not {what}: {registry} {(isKnown ? "does not permit it" : "does not accept the credentials")} ({reason}).");

    /// <summary>A record cannot be kept.</summary>
    /// <param name="record">The record.</param>
    /// <param name="reason">Why.</param>
    /// <returns>An exception with <see cref="RpcStatusCode.InvalidArgument"/>, to be thrown.</returns>
    public static RpcException Invalid(ServiceRecord record, string reason)
    {
        ArgumentNullException.ThrowIfNull(record);
        return NotSent(RpcStatusCode.InvalidArgument, $"The record {record.Key} cannot be registered: {reason}");
    }

    /// <summary>The registry cannot do what was asked of it.</summary>
    /// <param name="registry">The registry's <see cref="IRegistry.Address"/>.</param>
    /// <param name="what">What was asked, such as <c>register a service</c>.</param>
    /// <param name="reason">Why not, and what to do instead.</param>
    /// <returns>An exception with <see cref="RpcStatusCode.Unimplemented"/>, to be thrown.</returns>
    public static RpcException Unsupported(string registry, string what, string reason) =>
        NotSent(RpcStatusCode.Unimplemented, $"{registry} cannot {what}: {reason}");

    /// <summary>A persistent record that was to be removed is not there.</summary>
    /// <param name="record">The record.</param>
    /// <param name="node">The node that is not there.</param>
    /// <param name="registry">The registry's <see cref="IRegistry.Address"/>.</param>
    /// <returns>The exception, to be thrown.</returns>
    public static InvalidOperationException NotRegistered(ServiceRecord record, ServiceNode node, string registry)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(node);
        return new InvalidOperationException(
            $"The persistent node {node} of {record.Key} is not registered at {registry}, so it cannot be deregistered.");
    }

    private static RpcException NotSent(RpcStatusCode code, string detail, Exception? cause = null) =>
        new(code, detail, cause) { Progress = RpcCallProgress.NotSent };
}
