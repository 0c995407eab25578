using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Registries.Mdns.Tests.Interfaces;

/// <summary>A machine with two interfaces, and processes on machines at either of them.</summary>
public sealed class SeveralInterfacesTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task ANodeIsAnnouncedOnAllInterfaces()
    {
        await using VirtualNetwork network = await VirtualNetwork.CreateAsync();
        await using ServerProcess left = await VirtualNetwork.StartAsync(network.Left, "watch", "Suite.Both");
        await using ServerProcess right = await VirtualNetwork.StartAsync(network.Right, "watch", "Suite.Both");
        await using ServerProcess announcing = await VirtualNetwork.StartAsync(network.Middle, "register", "Suite.Both", "from-middle");
        await SeesAsync(left, "from-middle");
        await SeesAsync(right, "from-middle");
    }

    [Fact]
    public async Task WhatIsAnnouncedAtEitherInterfaceIsSeen()
    {
        await using VirtualNetwork network = await VirtualNetwork.CreateAsync();
        await using ServerProcess watching = await VirtualNetwork.StartAsync(network.Middle, "watch", "Suite.Both");
        await using ServerProcess left = await VirtualNetwork.StartAsync(network.Left, "register", "Suite.Both", "from-left");
        await using ServerProcess right = await VirtualNetwork.StartAsync(network.Right, "register", "Suite.Both", "from-right");
        await SeesAsync(watching, "from-left");
        await SeesAsync(watching, "from-right");
    }

    [Fact]
    public async Task ANodeIsAnnouncedOnAnInterfaceThatComesUpLate()
    {
        await using VirtualNetwork network = await VirtualNetwork.CreateAsync();
        await VirtualNetwork.SetDownAsync(network.Middle, "tor");
        await using ServerProcess left = await VirtualNetwork.StartAsync(network.Left, "watch", "Suite.Both");
        await using ServerProcess right = await VirtualNetwork.StartAsync(network.Right, "watch", "Suite.Both");
        await using ServerProcess announcing = await VirtualNetwork.StartAsync(network.Middle, "register", "Suite.Both", "from-middle");
        await SeesAsync(left, "from-middle");
        await VirtualNetwork.SetUpAsync(network.Middle, "tor");
        await SeesAsync(right, "from-middle");
    }

    private static async Task SeesAsync(ServerProcess watching, string node)
    {
        long start = Environment.TickCount64;
        while (!watching.Output.Contains($": {node}", StringComparison.Ordinal))
        {
            Assert.True(Environment.TickCount64 - start < s_patience.TotalMilliseconds, $"{node} is not seen; seen so far:\n{watching.Output}");
            await Task.Delay(20);
        }
    }
}
