namespace SourceGen.Rpc.Tests.Support;

/// <summary>Changes bytes at random.</summary>
internal static class Mutation
{
    /// <summary>How much of a frame is worth changing: its header, and what its payload begins with.</summary>
    private const int Interesting = 48;

    /// <summary>Drops, doubles and swaps frames, and changes headers and the beginnings of payloads.</summary>
    public static byte[] MutateFrames(Random random, IReadOnlyList<byte[]> frames)
    {
        List<byte[]> mutated = [.. frames];
        for (int times = random.Next(1, 4); times > 0 && mutated.Count > 2; times--)
        {
            int at = random.Next(mutated.Count);
            int other = random.Next(mutated.Count);
            switch (random.Next(6))
            {
                case 0: mutated.RemoveAt(at); break;
                case 1: mutated.Insert(other, mutated[at]); break;
                case 2: (mutated[at], mutated[other]) = (mutated[other], mutated[at]); break;
                default:
                    byte[] frame = [.. mutated[at]];
                    int index = random.Next(Math.Min(Interesting, frame.Length));
                    frame[index] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)(frame[index] ^ (1 << random.Next(8)));
                    mutated[at] = frame;
                    break;
            }
        }

        return [.. mutated.SelectMany(static frame => frame)];
    }

    /// <summary>Flips bits, and cuts, doubles, swaps or drops stretches. One in eight stays as it is.</summary>
    public static byte[] Mutate(Random random, byte[] bytes)
    {
        if (random.Next(8) == 0) return bytes;
        List<byte> mutated = [.. bytes];
        for (int times = random.Next(1, 5); times > 0 && mutated.Count > 20; times--)
        {
            int at = random.Next(mutated.Count);
            int length = Math.Min(random.Next(1, 40), mutated.Count - at);
            switch (random.Next(6))
            {
                case 0: mutated[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: mutated[at] = (byte)random.Next(256); break;
                case 2: mutated.RemoveRange(at, length); break;
                case 3: mutated.InsertRange(at, mutated.GetRange(at, length)); break;
                case 4: mutated.RemoveRange(at, mutated.Count - at); break;
                default: mutated.Reverse(at, length); break;
            }
        }

        return [.. mutated];
    }
}
