namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>What a client says first. Begins a session, or continues one that was begun over another connection.</summary>
/// <param name="LastZxid">The newest change that the client has seen; a server that has not is not to accept it.</param>
/// <param name="Timeout">The session's timeout that the client wishes for.</param>
/// <param name="SessionId">The session to continue; 0 for a new one.</param>
/// <param name="Password">Its password; 16 zeros for a new one.</param>
internal sealed record ConnectRequest(long LastZxid, TimeSpan Timeout, long SessionId, byte[] Password)
{
    private const int ProtocolVersion = 0;

    public void Write(JuteWriter writer) => writer
        .Int(ProtocolVersion)
        .Long(LastZxid)
        .Int((int)Math.Min(int.MaxValue, Timeout.TotalMilliseconds))
        .Long(SessionId)
        .Buffer(Password)
        .Boolean(false); // A server that lost the others, and could only be read, is not wanted.
}
