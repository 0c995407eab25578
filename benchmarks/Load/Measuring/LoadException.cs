namespace SourceGen.Rpc.Load;

/// <summary>A run that cannot give figures; the message is for the person who started it.</summary>
internal sealed class LoadException(string message, Exception? innerException = null) : Exception(message, innerException);
