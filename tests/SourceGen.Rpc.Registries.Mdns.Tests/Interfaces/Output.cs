using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Registries.Mdns.Tests.Interfaces;

/// <summary>Waits for what a process says.</summary>
internal static class Output
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>Waits until a watching process has seen a node.</summary>
    public static Task SeesAsync(ServerProcess watching, string node) => UntilAsync(watching, $": {node}");

    /// <summary>Waits until a watching process has seen a node go, and come again after that.</summary>
    public static async Task SeesAgainAsync(ServerProcess watching, string node)
    {
        string gone = $"Delete: {node}";
        await UntilAsync(watching, gone);
        await UntilAsync(watching, $"another {node}", () => watching.Output.Split(gone)[^1].Contains($": {node}", StringComparison.Ordinal));
    }

    /// <summary>Waits until a process has said something so many times.</summary>
    public static Task UntilAsync(ServerProcess process, string what, int times = 1) =>
        UntilAsync(process, $"\"{what}\" {times} times", () => process.Output.Split(what).Length > times);

    private static async Task UntilAsync(ServerProcess process, string what, Func<bool> isThere)
    {
        long start = Environment.TickCount64;
        while (!isThere())
        {
            Assert.True(
                Environment.TickCount64 - start < s_patience.TotalMilliseconds, $"It did not write {what}, but:\n{process.Output}");
            await Task.Delay(20);
        }
    }
}
