namespace SourceGen.Rpc.Registries.ZooKeeper.Client;

/// <summary>How a server answers a <see cref="ConnectRequest"/>.</summary>
/// <param name="Timeout">The session's timeout that the server has decided on; zero when the session has expired.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Password">What continues it.</param>
internal sealed record ConnectResponse(TimeSpan Timeout, long SessionId, byte[] Password)
{
    /// <summary>The longest answer: a password is 16 bytes long, in every version so far.</summary>
    public const int MaxLength = 1024;

    public bool IsExpired => Timeout <= TimeSpan.Zero;

    /// <summary>Reads an answer. Servers before 3.4 do not say at the end whether they can only be read.</summary>
    public static ConnectResponse Read(ref JuteReader reader)
    {
        reader.ReadInt();
        TimeSpan timeout = TimeSpan.FromMilliseconds(reader.ReadInt());
        long session = reader.ReadLong();
        ConnectResponse response = new(timeout, session, reader.ReadBuffer());
        if (response.IsExpired || session != 0) return response;
        throw new ZooKeeperProtocolException("the session that it begins has no number");
    }
}
