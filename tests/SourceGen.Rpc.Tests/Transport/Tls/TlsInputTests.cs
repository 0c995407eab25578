using System.Buffers;
using System.IO.Pipelines;

namespace SourceGen.Rpc.Tests.Transport.Tls;

/// <summary>Reading from TLS without waiting, and with a thread that waits.</summary>
public sealed class TlsInputTests
{
    [Fact]
    public async Task TryRead_GivesWhatHasCome_AndDoesNotWaitForMore()
    {
        await using TlsPair pair = await OpenAsync();
        PipeReader input = pair.Server.Input;
        Assert.False(input.TryRead(out _));
        Assert.False(input.TryRead(out _));
        await pair.Client.SendAsync([1, 2, 3]).Soon();
        Assert.Equal([1, 2, 3], await PollForAsync(pair.Server, 3));
        Assert.False(input.TryRead(out _));
    }

    [Fact]
    public async Task AReadThatFollowsAVainTryRead_WaitsForWhatComes()
    {
        await using TlsPair pair = await OpenAsync();
        for (byte i = 0; i < 20; i++)
        {
            Assert.False(pair.Server.Input.TryRead(out _));
            Task<byte[]> reading = pair.Server.Input.ReadExactlyAsync(1);
            await pair.Client.SendAsync([i]).Soon();
            Assert.Equal([i], await reading);
        }
    }

    [Fact]
    public async Task APolledConnection_GetsEverythingInOrder()
    {
        await using TlsPair pair = await OpenAsync();
        byte[] sent = Bytes.Random(21, 2_000_000);
        Task sending = pair.Client.SendAsync(sent).AsTask();
        Assert.Equal(sent, await PollForAsync(pair.Server, sent.Length));
        await sending.Soon();
    }

    [Fact]
    public async Task Poll_EndsWithTheTimeGiven_WhenNothingComes()
    {
        await using TlsPair pair = await OpenAsync();
        Assert.False(pair.Server.Input.TryRead(out _));

        // What TLS 1.3 sends of itself after the handshake (session tickets) may end one wait or two, and brings nothing to read.
        while (((IPollableInput)pair.Client).Poll(1000)) Assert.False(pair.Client.Input.TryRead(out _));
        Assert.False(((IPollableInput)pair.Server).Poll(1000));
    }

    [Fact]
    public async Task ACancelledRead_LosesNothing()
    {
        await using TlsPair pair = await OpenAsync();
        using var cancel = new CancellationTokenSource();
        Task<ReadResult> reading = pair.Server.Input.ReadAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.Soon());
        reading = pair.Server.Input.ReadAsync().AsTask();
        pair.Server.Input.CancelPendingRead();
        ReadResult cancelled = await reading.Soon();
        Assert.True(cancelled.IsCanceled);
        pair.Server.Input.AdvanceTo(cancelled.Buffer.Start);
        await pair.Client.SendAsync([7, 8]).Soon();
        Assert.Equal([7, 8], await pair.Server.Input.ReadExactlyAsync(2));
    }

    [Fact]
    public async Task ClosingEndsAWaitInPoll()
    {
        await using TlsPair pair = await OpenAsync();
        Assert.False(pair.Server.Input.TryRead(out _));
        Task<bool> polling = Task.Factory.StartNew(() => ((IPollableInput)pair.Server).Poll(-1), TaskCreationOptions.LongRunning);
        pair.Server.Abort();
        Assert.True(await polling.Soon());
    }

    [Fact]
    public async Task ManySmallSegments_ArriveAsOne()
    {
        await using TlsPair pair = await OpenAsync();
        byte[] sent = Bytes.Random(22, 100_000);
        foreach (int size in (int[])[1, 7, 1000, 16_383, 16_384, 16_385, 40_000, 100_000])
        {
            Task<byte[]> reading = pair.Server.Input.ReadExactlyAsync(sent.Length);
            await ((IGatheringOutput)pair.Client).SendAsync(Bytes.Sequence(Bytes.Cut(sent, size))).Soon();
            Assert.Equal(sent, await reading);
        }
    }

    private static Task<TlsPair> OpenAsync() => TlsPair.OpenAsync(server => server.Certificate = TestCertificates.Server, TestTls.Trust);

    /// <summary>Reads on a thread that polls.</summary>
    private static Task<byte[]> PollForAsync(ITlsConnection connection, int count) => Task.Factory.StartNew(
        () =>
        {
            var all = new MemoryStream();
            while (all.Length < count)
            {
                if (!connection.Input.TryRead(out ReadResult result))
                {
                    ((IPollableInput)connection).Poll(-1);
                    continue;
                }

                foreach (ReadOnlyMemory<byte> memory in result.Buffer) all.Write(memory.Span);
                connection.Input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) break;
            }

            return all.ToArray();
        },
        TaskCreationOptions.LongRunning).Soon();
}
