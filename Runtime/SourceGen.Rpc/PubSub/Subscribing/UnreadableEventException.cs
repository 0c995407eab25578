namespace SourceGen.Rpc.PubSub.Subscribing;

/// <summary>A message is not what its topic says. It will not be when it comes again.</summary>
internal sealed class UnreadableEventException(string message, Exception innerException) : Exception(message, innerException);
