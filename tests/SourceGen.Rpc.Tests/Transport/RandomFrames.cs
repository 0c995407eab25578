using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace SourceGen.Rpc.Tests.Transport;

/// <summary>
/// Length-prefixed frames of random sizes, written in random groups and read in random steps: the same for the same seed.
/// </summary>
internal sealed class RandomFrames
{
    private readonly int _seed;
    private readonly byte[][] _frames;

    public RandomFrames(int seed)
    {
        _seed = seed;
        var random = new Random(seed);
        _frames = new byte[150][];
        for (int i = 0; i < _frames.Length; i++)
        {
            int size = random.Next(10) switch { 0 => random.Next(200_000), < 4 => random.Next(10_000), _ => random.Next(100) };
            byte[] frame = new byte[sizeof(int) + size];
            random.NextBytes(frame);
            BinaryPrimitives.WriteInt32LittleEndian(frame, size);
            _frames[i] = frame;
        }
    }

    /// <summary>Writes all frames, by gathered sends and by the pipe writer in turn, then ends the writer.</summary>
    public async Task WriteAsync(ITransportConnection connection)
    {
        var random = new Random(_seed + 1);
        byte[] all = [.. _frames.SelectMany(frame => frame)];
        int sent = 0;
        while (sent < all.Length)
        {
            byte[] group = all[sent..Math.Min(all.Length, sent + 1 + random.Next(random.Next(4) == 0 ? 300_000 : 3000))];
            sent += group.Length;
            if (random.Next(2) == 0)
            {
                await ((IGatheringOutput)connection).SendAsync(Bytes.Sequence(Bytes.Cut(group, 1 + random.Next(5000))));
                continue;
            }

            foreach (ReadOnlyMemory<byte> piece in Bytes.Cut(group, 1 + random.Next(5000)))
            {
                connection.Output.Write(piece.Span);
                if (random.Next(3) == 0) await connection.Output.FlushAsync();
            }

            await connection.Output.FlushAsync();
        }

        await connection.Output.CompleteAsync();
    }

    /// <summary>Reads to the last frame, and checks every one of them.</summary>
    public async Task ReadAndCheckAsync(PipeReader reader)
    {
        var random = new Random(_seed + 2);
        int next = 0;
        while (next < _frames.Length)
        {
            if (random.Next(2) != 0 || !reader.TryRead(out ReadResult result)) result = await reader.ReadAsync();
            ReadOnlySequence<byte> rest = result.Buffer;
            // Now and then fewer frames than there are, so that some are left over, already seen or not.
            int most = random.Next(3) == 0 ? random.Next(3) : int.MaxValue;
            while (most-- > 0 && TryTakeFrame(ref rest, out byte[]? frame)) Assert.Equal(_frames[next++], frame);
            Assert.False(result.IsCompleted && rest.IsEmpty && next < _frames.Length, $"The stream ended after {next} frames.");
            ReadOnlySequence<byte> peek = rest;
            long unseen = TryTakeFrame(ref peek, out _) ? random.NextInt64(rest.Length + 1) : 0;
            reader.AdvanceTo(rest.Start, rest.GetPosition(rest.Length - unseen));
            // A frame that was left over though all of it was seen must not wait for bytes that may never come.
            if (peek.Length < rest.Length && unseen == 0) reader.CancelPendingRead();
        }
    }

    private static bool TryTakeFrame(ref ReadOnlySequence<byte> data, out byte[]? frame)
    {
        frame = null;
        if (data.Length < sizeof(int)) return false;
        Span<byte> prefix = stackalloc byte[sizeof(int)];
        data.Slice(0, sizeof(int)).CopyTo(prefix);
        int length = sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (data.Length < length) return false;
        frame = data.Slice(0, length).ToArray();
        data = data.Slice(length);
        return true;
    }
}
