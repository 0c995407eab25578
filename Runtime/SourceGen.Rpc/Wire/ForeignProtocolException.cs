namespace SourceGen.Rpc.Wire;

/// <summary>The peer's first bytes belong to another protocol.</summary>
/// <param name="message">What it seems to speak.</param>
/// <param name="isHttp">Whether it is HTTP, which can be answered in kind.</param>
internal sealed class ForeignProtocolException(string message, bool isHttp) : Exception(message)
{
    public bool IsHttp { get; } = isHttp;

    /// <summary>Whether it is a TLS client, which may be one of this framework's and then understands a hello in plain.</summary>
    public bool IsTls { get; init; }
}
