using System.IO.Pipelines;

namespace SourceGen.Rpc.Load.Tests;

public sealed class HttpTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public async Task Read_WhatWasWritten_GivesTheSameItems(int count)
    {
        var body = new MemoryStream();
        PipeWriter writer = PipeWriter.Create(body, new StreamPipeWriterOptions(leaveOpen: true));
        await HttpItems.WriteAsync(writer, ItemsAsync(count), CancellationToken.None);
        await writer.CompleteAsync();
        Assert.Equal(count * HttpItems.Size, body.Length);
        body.Position = 0;
        int next = 0;
        await foreach (LoadItem item in HttpItems.ReadAsync(body)) LoadData.Check(item, next++);
        Assert.Equal(count, next);
    }

    [Fact]
    public async Task Read_SomethingElse_IsNamed()
    {
        LoadException e = await Assert.ThrowsAsync<LoadException>(async () =>
        {
            await foreach (LoadItem _ in HttpItems.ReadAsync(new MemoryStream(new byte[16])))
            {
            }
        });
        Assert.Contains("does not consist of items", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Where ASP.NET is not beside the SDK, there is no baseline, and nothing to test.</summary>
    [Fact]
    public void Run_AgainstKestrel_ReadsItemsTurnAfterTurn()
    {
        using KestrelStreamServer? server = KestrelStreamServer.Start();
        if (server is null) return;
        using var client = new HttpStreamClient(server.Address);
        for (int turn = 0; turn < 2; turn++)
        {
            client.Open();
            LoadSample sample = client.Run(TimeSpan.FromMilliseconds(50));
            Assert.True(sample.Calls >= 1);
            Assert.Equal(1, sample.Latencies.Count);
            client.Close();
        }
    }

    private static async IAsyncEnumerable<LoadItem> ItemsAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (i % 100 == 0) await Task.Yield();
            yield return LoadData.CreateItem(i);
        }
    }
}
