namespace SourceGen.Rpc.CompilerServices;

/// <summary>
/// What the source generator adds to every <see cref="TopicAttribute">[Topic]</see> interface, in place of <see cref="IRpcContract{TSelf}"/>: what
/// takes services does not compile for topics, and what takes topics does not compile for services.
/// </summary>
/// <typeparam name="TSelf">The topic interface itself.</typeparam>
public interface ITopicContract<TSelf>
    where TSelf : class, ITopicContract<TSelf>
{
    /// <summary>
    /// The contract of <typeparamref name="TSelf"/>; always the same instance. Every method of it is an
    /// <see cref="ActionMethod{TService, TRequest}"/> with <see cref="RpcMethodOptions.Event"/> and a <see cref="RpcMethod.Topic"/>.
    /// </summary>
    static abstract RpcContract<TSelf> Contract { get; }
}
