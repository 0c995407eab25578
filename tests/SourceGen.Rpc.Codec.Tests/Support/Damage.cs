namespace SourceGen.Rpc.Codec.Tests.Support;

/// <summary>Valid messages with one to three bits, bytes or ends changed.</summary>
internal static class Damage
{
    public static byte[] Randomly(byte[] valid, Random random)
    {
        List<byte> data = [.. valid];
        for (int changes = random.Next(1, 4); changes > 0 && data.Count > 0; changes--)
        {
            int at = random.Next(data.Count);
            switch (random.Next(5))
            {
                case 0: data[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: data[at] = (byte)random.Next(256); break;
                case 2: data.RemoveAt(at); break;
                case 3: data.Insert(at, (byte)random.Next(0x80, 0xe0)); break;
                default: data.RemoveRange(at, data.Count - at); break;
            }
        }

        return [.. data];
    }
}
