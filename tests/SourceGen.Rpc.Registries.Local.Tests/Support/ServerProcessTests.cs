using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using SourceGen.Rpc.Registries.Conformance;

namespace SourceGen.Rpc.Registries.Local.Tests;

/// <summary>What starts the real servers for all registries' tests.</summary>
public sealed partial class ServerProcessTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_server_is_killed_and_started_again()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(Shell("echo up; exec sleep 1000") with { ReadyLine = "up" });
        int first = server.Id;
        Assert.True(IsRunning(first));
        await server.KillAsync();
        Assert.False(IsRunning(first));
        Assert.Equal(0, server.Id);
        await server.KillAsync();
        await server.RestartAsync();
        Assert.True(IsRunning(server.Id));
        await Assert.ThrowsAsync<InvalidOperationException>(server.RestartAsync);
        int second = server.Id;
        await server.StopAsync();
        Assert.False(IsRunning(second));
    }

    [Fact]
    public async Task What_a_server_started_is_killed_with_it()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(Shell("sleep 1000 & echo child $! up; wait") with { ReadyLine = "up" });
        int child = NumberIn(server.Output);
        Assert.True(IsRunning(child));
        await server.KillAsync();
        await UntilEndedAsync(child);
    }

    [Fact]
    public async Task Why_a_server_does_not_start_is_in_the_message()
    {
        InvalidOperationException ended = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ServerProcess.StartAsync(Shell("echo no such option >&2; exit 3") with { ReadyLine = "up" }));
        Assert.Contains("ended with code 3 before it answered", ended.Message, StringComparison.Ordinal);
        Assert.Contains("| no such option", ended.Message, StringComparison.Ordinal);
        InvalidOperationException slow = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ServerProcess.StartAsync(Shell("exec sleep 1000") with
            {
                IsReady = static _ => throw new IOException("nobody there"),
                ReadyWithin = TimeSpan.FromMilliseconds(100),
            }));
        Assert.Contains("The last check failed with: nobody there", slow.Message, StringComparison.Ordinal);
        InvalidOperationException missing = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ServerProcess.StartAsync(new ServerStart("no-such-server")));
        Assert.Contains("test.sh installs what is missing", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_ends_when_the_process_of_its_tests_is_killed()
    {
        await using ServerProcess tests = await ServerProcess.StartAsync(
            new ServerStart("dotnet", "exec", typeof(ServerProcessTests).Assembly.Location, "server") { ReadyLine = "ready" });
        int server = NumberIn(tests.Output);
        Assert.True(IsRunning(server));
        // It alone, not what it started.
        using (Process process = Process.GetProcessById(tests.Id)) process.Kill(entireProcessTree: false);
        await UntilEndedAsync(server);
    }

    [Fact]
    public void No_port_is_given_twice()
    {
        int[] ports = [.. Enumerable.Range(0, 100).Select(static _ => FreePorts.Take())];
        Assert.Equal(ports.Length, ports.Distinct().Count());
    }

    private static ServerStart Shell(string script) => new("/bin/sh", "-c", script);

    private static int NumberIn(string text) => int.Parse(Number().Match(text).Value, CultureInfo.InvariantCulture);

    private static async Task UntilEndedAsync(int id)
    {
        long start = Stopwatch.GetTimestamp();
        while (IsRunning(id))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < s_patience, $"The process {id} still runs.");
            await Task.Delay(20);
        }
    }

    /// <summary>A zombie does not run: nobody may be left to ask for its exit code.</summary>
    private static bool IsRunning(int id) => Registries.File.ProcessStatus.Read(id) is { HasEnded: false };

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
