namespace SourceGen.Rpc.Wire;

/// <summary>What a frame is; docs/wire-protocol.md describes each. Numbers are part of the protocol.</summary>
internal enum FrameType : byte
{
    Hello = 1,
    GoAway = 2,
    Ping = 3,
    Pong = 4,
    Describe = 5,

    Request = 16,
    Response = 17,
    Error = 18,
    Cancel = 19,
    RequestContinuation = 20,
    ResponseContinuation = 21,

    StreamItems = 32,
    StreamEnd = 33,
    StreamCredit = 34,
    StreamStop = 35,
}
