using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Registries.Mdns.Tests.Interfaces;

/// <summary>A machine with two interfaces, and processes on machines at either of them.</summary>
public sealed class SeveralInterfacesTests
{
    [Fact]
    public async Task ANodeIsAnnouncedOnAllInterfaces()
    {
        await using VirtualNetwork network = await VirtualNetwork.CreateAsync();
        await using ServerProcess left = await VirtualNetwork.StartAsync(network.Left, "watch", "Suite.Both");
        await using ServerProcess right = await VirtualNetwork.StartAsync(network.Right, "watch", "Suite.Both");
        await using ServerProcess announcing = await VirtualNetwork.StartAsync(network.Middle, "register", "Suite.Both", "from-middle");
        await Output.SeesAsync(left, "from-middle");
        await Output.SeesAsync(right, "from-middle");
    }

    [Fact]
    public async Task WhatIsAnnouncedAtEitherInterfaceIsSeen()
    {
        await using VirtualNetwork network = await VirtualNetwork.CreateAsync();
        await using ServerProcess watching = await VirtualNetwork.StartAsync(network.Middle, "watch", "Suite.Both");
        await using ServerProcess left = await VirtualNetwork.StartAsync(network.Left, "register", "Suite.Both", "from-left");
        await using ServerProcess right = await VirtualNetwork.StartAsync(network.Right, "register", "Suite.Both", "from-right");
        await Output.SeesAsync(watching, "from-left");
        await Output.SeesAsync(watching, "from-right");
    }

    [Fact]
    public async Task AQuestionToOneMachineAloneIsAnsweredAtEitherInterface()
    {
        await using VirtualNetwork network = await VirtualNetwork.CreateAsync();
        await using ServerProcess announcing = await VirtualNetwork.StartAsync(network.Middle, "register", "Suite.Both", "from-middle");
        await using ServerProcess left = await VirtualNetwork.StartAsync(network.Left, "ask", "10.77.0.1", "Suite.Both");
        await using ServerProcess right = await VirtualNetwork.StartAsync(network.Right, "ask", "10.78.0.1", "Suite.Both");
        await Output.UntilAsync(left, "answered: 1");
        await Output.UntilAsync(right, "answered: 1");
    }
}
