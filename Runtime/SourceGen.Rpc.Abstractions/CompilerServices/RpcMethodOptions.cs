namespace SourceGen.Rpc.CompilerServices;

/// <summary>What a contract says about a method besides its types.</summary>
[Flags]
public enum RpcMethodOptions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Calling twice has the same effect as calling once (<see cref="MethodAttribute.Idempotent"/>).</summary>
    Idempotent = 1,

    /// <summary>No reply is sent (<see cref="OneWayAttribute"/>).</summary>
    OneWay = 2,

    /// <summary>The method takes a <see cref="CancellationToken"/>, so the server gives its handler one that works.</summary>
    Cancellable = 4,

    /// <summary>
    /// The method is an event of a <see cref="TopicAttribute">[Topic]</see> interface: a call is published to <see cref="RpcMethod.Topic"/>, to
    /// whoever has subscribed.
    /// </summary>
    Event = 8,
}
