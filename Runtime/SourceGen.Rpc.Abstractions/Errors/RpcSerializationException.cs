namespace SourceGen.Rpc;

/// <summary>A value that a codec cannot encode, or bytes that it cannot decode. It fails the call it belongs to and nothing else.</summary>
/// <param name="message">What was wrong and, for bytes, at which offset.</param>
/// <param name="innerException">The cause, if another exception was.</param>
public sealed class RpcSerializationException(string message, Exception? innerException = null) : Exception(message, innerException);
