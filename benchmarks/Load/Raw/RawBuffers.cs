namespace SourceGen.Rpc.Load;

/// <summary>How much one system call of the baseline moves at most.</summary>
internal static class RawBuffers
{
    /// <summary>Of 32 KiB to 4 MiB, 1 MiB and more gave the best rates for 64 KiB frames; small frames do not care.</summary>
    public const int Size = 1024 * 1024;

    public static byte[] Create() => GC.AllocateUninitializedArray<byte>(Size, pinned: true);
}
