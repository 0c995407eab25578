namespace SourceGen.Rpc.PubSub;

/// <summary>
/// Thrown by the handler of an event that is not to be delivered again, whatever the limit: it is a dead letter at once
/// (<see cref="MessageOutcome.DeadLetter"/>).
/// </summary>
/// <param name="reason">Why.</param>
/// <param name="innerException">The cause.</param>
public sealed class MessageRejectedException(string reason, Exception? innerException = null) : Exception(reason, innerException);
