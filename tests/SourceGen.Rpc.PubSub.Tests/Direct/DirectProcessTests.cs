using System.Diagnostics;
using SourceGen.Rpc.Brokers.Conformance;
using SourceGen.Rpc.Registries.File;

namespace SourceGen.Rpc.PubSub.Tests.Direct;

/// <summary>Two processes, of which one is killed.</summary>
public sealed class DirectProcessTests
{
    [Fact]
    public async Task WhatAKilledProcessHadGoesToAnother()
    {
        string directory = Directory.CreateTempSubdirectory("direct-").FullName;
        string address = $"file://{directory}";
        ProcessStartInfo start = new(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "SourceGen.Rpc.Soak.Peer.dll"), "subscriber", address])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process peer = Process.Start(start)!;
        try
        {
            Assert.Equal("ready", await ReadAsync(peer));
            await using FileRegistry registry = (FileRegistry)new FileRegistryProvider().Create(RpcAddress.Parse(address));
            await using DirectBroker publisher = new(new DirectBrokerOptions { Registry = registry });
            await publisher.ConnectAsync();
            await DirectLab.KnowAsync(publisher, "t", 1);
            for (int i = 0; i < 10; i++) await publisher.PublishAsync(DirectLab.Message($"{i}"));
            Assert.Equal("0", await ReadAsync(peer));
            await using DirectBroker other = new(new DirectBrokerOptions { Registry = registry });
            await other.ConnectAsync();
            Inbox inbox = new();
            await other.SubscribeAsync("t", inbox.HandleAsync, new SubscriptionOptions { QueueGroup = "g" });
            await DirectLab.KnowAsync(publisher, "t", 2);
            Assert.Empty(inbox.Letters);
            peer.Kill();
            IReadOnlyList<Letter> letters = await inbox.WaitAsync(10, DirectLab.Patience);
            Assert.Equal(Enumerable.Range(0, 10).Select(static i => $"{i}"), letters.Select(static letter => letter.Text));
            Assert.Equal(2, letters[0].Deliveries);
        }
        finally
        {
            if (!peer.HasExited) peer.Kill();
            await peer.WaitForExitAsync();
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<string?> ReadAsync(Process peer) => await peer.StandardOutput.ReadLineAsync().WaitAsync(DirectLab.Patience);
}
