namespace SourceGen.Rpc;

/// <summary>What a call of a server in the same process shares with its handler.</summary>
public enum RpcIsolation
{
    /// <summary>
    /// Nothing, and neither does it know that the server is here: the call is encoded, sent, received and decoded as any other.
    /// </summary>
    Off,

    /// <summary>
    /// No objects: the handler is called directly, with copies of the arguments, and the caller gets a copy of the result. The copies are made
    /// by the codec, so that they are what another process would have got.
    /// </summary>
    Serialize,

    /// <summary>
    /// The objects themselves: the handler is called directly with the caller's arguments, and the caller gets the handler's result. For
    /// contracts whose types nobody changes, such as records without setters.
    /// </summary>
    Share,
}
