namespace SourceGen.Rpc.Load;

/// <summary>The values that callers send.</summary>
internal static class LoadData
{
    /// <summary>The length of EchoMessage.Name: ASCII, so bytes are characters.</summary>
    public const int NameLength = 16;

    /// <summary>The smallest integer sent: MessagePack writes it, and everything above, in 5 bytes.</summary>
    public const int FirstNumber = 100_000;

    /// <summary>MessagePack writes it, and everything above, in 9 bytes.</summary>
    private const long FirstValue = 1L << 40;

    public static EchoMessage CreateMessage(int payload)
    {
        byte[] bytes = new byte[payload];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)i;
        return new EchoMessage { Id = FirstNumber, Name = "sixteen letters.", Payload = bytes };
    }

    /// <summary>The item with a number.</summary>
    public static LoadItem CreateItem(int number) => new(FirstNumber + (number & 0x3FFFFFF), FirstValue + number);

    /// <summary>Checks that an item is the one with a number.</summary>
    /// <exception cref="LoadException">It is not.</exception>
    public static void Check(LoadItem item, int number)
    {
        if (item.Value != FirstValue + number) throw new LoadException($"Item {number} of a stream is {item}: items are lost or mixed up.");
    }
}
