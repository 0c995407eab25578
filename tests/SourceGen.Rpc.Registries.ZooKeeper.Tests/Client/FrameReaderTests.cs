using System.Text;
using SourceGen.Rpc.Registries.ZooKeeper.Client;

namespace SourceGen.Rpc.Registries.ZooKeeper.Tests;

public sealed class FrameReaderTests
{
    private static readonly byte[] s_two = [0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 1, 9];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Frames_are_read_however_their_bytes_arrive(int step)
    {
        FrameReader reader = new(new SteppingStream(s_two, step));
        Assert.Equal([1, 2, 3], (await reader.ReadAsync(3, CancellationToken.None))!.Value.ToArray());
        Assert.Empty((await reader.ReadAsync(3, CancellationToken.None))!.Value.ToArray());
        Assert.Equal([9], (await reader.ReadAsync(3, CancellationToken.None))!.Value.ToArray());
        Assert.Null(await reader.ReadAsync(3, CancellationToken.None));
    }

    [Fact]
    public async Task A_frame_of_many_segments_is_whole()
    {
        byte[] content = new byte[300_000];
        new Random(3).NextBytes(content);
        FrameReader reader = new(new SteppingStream(new JuteWriter().Buffer(content).ToArray(), 1000));
        Assert.Equal(content, (await reader.ReadAsync(content.Length, CancellationToken.None))!.Value.ToArray());
    }

    [Fact]
    public async Task The_end_within_a_frame_is_an_error_at_every_byte()
    {
        for (int length = 1; length < 7; length++)
        {
            FrameReader reader = new(new MemoryStream(s_two[..length]));
            await Assert.ThrowsAsync<ZooKeeperProtocolException>(async () => await reader.ReadAsync(10, CancellationToken.None));
        }
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 4, 1, 2, 3, 4 }, "4 bytes, where 3")]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 1 }, "-1 bytes")]
    [InlineData(new byte[] { 0x7F, 0xFF, 0xFF, 0xFF, 1 }, "2,147,483,647 bytes")]
    public async Task Lengths_that_lie_are_refused_before_the_bytes_arrive(byte[] bytes, string expected)
    {
        FrameReader reader = new(new SteppingStream(bytes, 1, endsNever: true));
        ZooKeeperProtocolException error = await Assert.ThrowsAsync<ZooKeeperProtocolException>(
            async () => await reader.ReadAsync(3, CancellationToken.None));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_protocol_is_recognized_by_its_first_bytes()
    {
        FrameReader reader = new(new MemoryStream(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n\r\n")));
        ZooKeeperProtocolException error = await Assert.ThrowsAsync<ZooKeeperProtocolException>(
            async () => await reader.ReadAsync(1024, CancellationToken.None));
        Assert.StartsWith("it does not speak ZooKeeper's protocol", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Gives a few bytes at a time.</summary>
    private sealed class SteppingStream(byte[] content, int step, bool endsNever = false) : Stream
    {
        private int _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int length = Math.Min(Math.Min(step, buffer.Length), content.Length - _position);
            if (length == 0 && endsNever) await Task.Delay(Timeout.Infinite, cancellationToken);
            content.AsSpan(_position, length).CopyTo(buffer.Span);
            _position += length;
            return length;
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
