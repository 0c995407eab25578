using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Registries.Mdns.Tests.Interfaces;

/// <summary>A machine with two interfaces, one of which comes later, or goes and comes again.</summary>
public sealed class LateInterfaceTests
{
    private const string Service = "Suite.Both";

    [Fact]
    public async Task ANodeIsAnnouncedOnAnInterfaceThatComesUpLate()
    {
        await using VirtualNetwork network = await VirtualNetwork.CreateAsync();
        await VirtualNetwork.SetDownAsync(network.Middle, "tor");
        await using ServerProcess left = await VirtualNetwork.StartAsync(network.Left, "watch", Service);
        await using ServerProcess right = await VirtualNetwork.StartAsync(network.Right, "watch", Service);
        await using ServerProcess announcing = await VirtualNetwork.StartAsync(network.Middle, "register", Service, "from-middle");
        await Output.SeesAsync(left, "from-middle");

        await VirtualNetwork.SetUpAsync(network.Middle, "tor");

        await Output.SeesAsync(right, "from-middle");
    }

    [Fact]
    public async Task ANodeBehindAnInterfaceThatComesUpLateIsSeen()
    {
        await using VirtualNetwork network = await VirtualNetwork.CreateAsync();
        await VirtualNetwork.SetDownAsync(network.Middle, "tor");
        await using ServerProcess watching = await VirtualNetwork.StartAsync(network.Middle, "watch", Service);
        await using ServerProcess left = await VirtualNetwork.StartAsync(network.Left, "register", Service, "from-left");
        await using ServerProcess right = await VirtualNetwork.LaunchAsync(network.Right, "register", Service, "from-right");
        await Output.SeesAsync(watching, "from-left");

        await VirtualNetwork.SetUpAsync(network.Middle, "tor");

        await Output.SeesAsync(watching, "from-right");
    }

    [Fact]
    public async Task AnInterfaceThatGetsItsAddressLateIsAskedForWhatWasAnnouncedBefore()
    {
        await using VirtualNetwork network = await VirtualNetwork.CreateAsync();
        await network.ChangeAddressAsync("del", "10.78.0.1/24", "tor");
        await using ServerProcess watching = await VirtualNetwork.StartAsync(network.Middle, "watch", Service);
        await using ServerProcess left = await VirtualNetwork.StartAsync(network.Left, "register", Service, "from-left");
        await using ServerProcess hearing = await VirtualNetwork.StartAsync(network.Right, "hear");
        await using ServerProcess right = await VirtualNetwork.StartAsync(network.Right, "register", Service, "from-right");
        await Output.SeesAsync(watching, "from-left");
        await Output.UntilAsync(hearing, "announced: 5000", times: 2);

        await network.ChangeAddressAsync("add", "10.78.0.1/24", "tor");

        await Output.SeesAsync(watching, "from-right");
    }

    [Fact]
    public async Task AnInterfaceThatGoesAndComesAgainIsUsedAgain()
    {
        await using VirtualNetwork network = await VirtualNetwork.CreateAsync();
        await using ServerProcess middleWatching = await VirtualNetwork.StartAsync(network.Middle, "watch", Service);
        await using ServerProcess rightWatching = await VirtualNetwork.StartAsync(network.Right, "watch", Service);
        await using ServerProcess middle = await VirtualNetwork.StartAsync(network.Middle, "register", Service, "from-middle");
        await using ServerProcess right = await VirtualNetwork.StartAsync(network.Right, "register", Service, "from-right");
        await Output.SeesAsync(rightWatching, "from-middle");
        await Output.SeesAsync(middleWatching, "from-right");

        await VirtualNetwork.SetDownAsync(network.Middle, "tor");
        await Output.UntilAsync(rightWatching, "Delete: from-middle");
        await Output.UntilAsync(middleWatching, "Delete: from-right");
        await VirtualNetwork.SetUpAsync(network.Middle, "tor");

        await Output.SeesAgainAsync(rightWatching, "from-middle");
        await Output.SeesAgainAsync(middleWatching, "from-right");
    }

    [Fact]
    public async Task AnInterfaceThatIsAwayForAMomentIsToldAnew()
    {
        await using VirtualNetwork network = await VirtualNetwork.CreateAsync();
        await using ServerProcess hearing = await VirtualNetwork.StartAsync(network.Right, "hear");
        await using ServerProcess announcing = await VirtualNetwork.StartSlowAsync(
            network.Middle, TimeSpan.FromSeconds(3), "register", Service, "from-middle");
        await Output.UntilAsync(hearing, "announced: 5000", times: 2);

        await VirtualNetwork.SetDownAsync(network.Middle, "tor");
        await VirtualNetwork.SetUpAsync(network.Middle, "tor");

        await Output.UntilAsync(hearing, "probed: 5000", times: 6);
        await Output.UntilAsync(hearing, "announced: 5000", times: 4);
    }
}
