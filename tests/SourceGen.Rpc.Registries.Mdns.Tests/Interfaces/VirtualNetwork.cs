using System.Diagnostics;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Registries.Mdns.Tests.Interfaces;

/// <summary>
/// Three machines as network namespaces: the middle one has a link to the left one and a link to the right one, which do not see each other.
/// </summary>
internal sealed class VirtualNetwork : IAsyncDisposable
{
    private readonly string _id = $"rpc{Environment.ProcessId % 100_000}x{Random.Shared.Next(1000)}";

    public string Left => $"{_id}l";

    public string Middle => $"{_id}m";

    public string Right => $"{_id}r";

    public static async Task<VirtualNetwork> CreateAsync()
    {
        VirtualNetwork network = new();
        try
        {
            foreach (string machine in network.Machines) await RunAsync("netns", "add", machine);
            await network.LinkAsync("tol", "10.77.0.1/24", network.Left, "10.77.0.2/24");
            await network.LinkAsync("tor", "10.78.0.1/24", network.Right, "10.78.0.2/24");
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    private string[] Machines => [Left, Middle, Right];

    /// <summary>Starts this assembly's Main on a machine, and waits until it is ready.</summary>
    public static Task<ServerProcess> StartAsync(string machine, params string[] arguments) =>
        ServerProcess.StartAsync(Start(machine, arguments) with { ReadyLine = "ready" });

    /// <summary>The same without waiting, as it is not ready before its machine has a network.</summary>
    public static Task<ServerProcess> LaunchAsync(string machine, params string[] arguments) =>
        ServerProcess.StartAsync(Start(machine, arguments));

    /// <summary>The same for one that looks at its interfaces only seldom.</summary>
    public static Task<ServerProcess> StartSlowAsync(string machine, TimeSpan rescan, params string[] arguments) =>
        ServerProcess.StartAsync(Start(machine, arguments) with
        {
            ReadyLine = "ready",
            Environment = new Dictionary<string, string?> { ["RESCAN"] = $"{rescan.TotalMilliseconds:0}" },
        });

    /// <summary>Takes an end of a link down, as if its cable were pulled: the other end has no carrier then.</summary>
    public static Task SetDownAsync(string machine, string name) => RunAsync("-n", machine, "link", "set", name, "down");

    /// <summary>Takes it up again, and does not wait until the kernel says so.</summary>
    public static Task SetUpAsync(string machine, string name) => RunAsync("-n", machine, "link", "set", name, "up");

    /// <summary>Takes an address of the middle machine away, or gives it back.</summary>
    public Task ChangeAddressAsync(string what, string address, string name) => RunAsync("-n", Middle, "address", what, address, "dev", name);

    public async ValueTask DisposeAsync()
    {
        foreach (string machine in Machines) await RunAsync(mayFail: true, "netns", "delete", machine);
    }

    private static ServerStart Start(string machine, string[] arguments) =>
        new("ip", ["netns", "exec", machine, "dotnet", "exec", typeof(VirtualNetwork).Assembly.Location, .. arguments]);

    private async Task LinkAsync(string name, string middle, string machine, string other)
    {
        await RunAsync("link", "add", name, "netns", Middle, "type", "veth", "peer", "name", "eth0", "netns", machine);
        await RunAsync("-n", Middle, "address", "add", middle, "dev", name);
        await RunAsync("-n", machine, "address", "add", other, "dev", "eth0");
        await RunAsync("-n", Middle, "link", "set", name, "up");
        await RunAsync("-n", machine, "link", "set", "eth0", "up");
        await WaitUntilUpAsync(Middle, name); // The kernel says so a moment later.
        await WaitUntilUpAsync(machine, "eth0");
    }

    private static async Task WaitUntilUpAsync(string machine, string name)
    {
        long start = Environment.TickCount64;
        while (!(await RunAsync(mayFail: false, "-n", machine, "link", "show", name)).Contains("state UP", StringComparison.Ordinal))
        {
            Assert.True(Environment.TickCount64 - start < 20_000, $"{name} of {machine} does not come up");
            await Task.Delay(20);
        }
    }

    private static Task RunAsync(params string[] arguments) => RunAsync(mayFail: false, arguments);

    private static async Task<string> RunAsync(bool mayFail, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(mayFail || process.ExitCode == 0, $"ip {string.Join(' ', arguments)}: {error}");
        return await output;
    }
}
