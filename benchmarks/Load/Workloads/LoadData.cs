namespace SourceGen.Rpc.Load;

/// <summary>The values that callers send.</summary>
internal static class LoadData
{
    /// <summary>The length of EchoMessage.Name: ASCII, so bytes are characters.</summary>
    public const int NameLength = 16;

    /// <summary>The smallest integer sent: MessagePack writes it, and everything above, in 5 bytes.</summary>
    public const int FirstNumber = 100_000;

    public static EchoMessage CreateMessage(int payload)
    {
        byte[] bytes = new byte[payload];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)i;
        return new EchoMessage { Id = FirstNumber, Name = "sixteen letters.", Payload = bytes };
    }
}
