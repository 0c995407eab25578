namespace SourceGen.Rpc.Load;

/// <summary>A command line that cannot be understood; the message says which part and what to write instead.</summary>
internal sealed class UsageException(string message) : Exception(message);
