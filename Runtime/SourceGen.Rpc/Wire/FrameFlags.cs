namespace SourceGen.Rpc.Wire;

/// <summary>Modifiers of a frame. Numbers are part of the protocol.</summary>
[Flags]
internal enum FrameFlags : byte
{
    None = 0,

    /// <summary>The message goes on in a continuation frame with the same call id.</summary>
    More = 1,

    /// <summary>The message begins with a 32-bit length and that many bytes of headers: of a request, or of a response or error.</summary>
    Headers = 2,

    /// <summary>The payload begins with the milliseconds that remain for the call, 32 bits (before any headers).</summary>
    Deadline = 4,

    /// <summary>No reply is wanted; the call id is 0.</summary>
    OneWay = 8,

    /// <summary>In a request: the caller sends a stream too, and a <see cref="FrameType.StreamEnd"/> whatever happens.</summary>
    Stream = 16,

    /// <summary>In a frame of a stream: its sender serves the call, rather than having made it.</summary>
    Callee = 32,
}
