namespace SourceGen.Rpc.Dynamic.Transcoding;

/// <summary>JSON that does not fit the types of a contract.</summary>
/// <param name="message">The place, what was expected there and what was found.</param>
internal sealed class TranscodingException(string message) : Exception(message);
