using System.Diagnostics;
using System.Text.RegularExpressions;
using SourceGen.Rpc.Discovery;
using SourceGen.Rpc.Registries.File;
using SourceGen.Rpc.Samples.Tests.Support;
using Program = SourceGen.Rpc.Samples.Tests.Support.Program;

namespace SourceGen.Rpc.Samples.Tests;

/// <summary>The README's first command, run as a user runs it.</summary>
public sealed partial class QuickstartTests
{
    private static readonly string s_quickstart = Path.Combine(AppContext.BaseDirectory, "Quickstart.dll");

    [Fact]
    public async Task Servers_and_client_count_the_words_of_files_and_leave_no_process_behind()
    {
        using TemporaryDirectory directory = new();
        directory.Write("two.txt", "One fish, two fish.\nRed fish, blue fish.\n");
        directory.Write("one.txt", "It's a fish that the cat isn't after.\n\nThe end");
        directory.Write("binary.bin", "fish\0fish");

        ProgramResult run = await Program.RunAsync(Program.DotNet, s_quickstart, directory.Path);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Empty(run.Error);
        Assert.Matches(@"one\.txt +3 +10 +9 +cat \(1\)", run.Output);
        Assert.Matches(@"two\.txt +2 +8 +5 +fish \(4\)", run.Output);
        Assert.Matches(@"2 files +5 +18 +13 +fish \(5\)", run.Output);
        Assert.DoesNotContain("binary.bin", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"One per line: +4 calls, which found 18 words", run.Output);
        Assert.Matches(@"64 at once: [\d,]+ calls/s; p50 ", run.Output);
        Assert.Contains("Server: process ", run.Output, StringComparison.Ordinal);
        Assert.Contains("has sent the one-way call RemarkAsync", run.Output, StringComparison.Ordinal);
        Assert.Contains("Code InvalidArgument, Id text.unknown-language, Status 422, Progress Answered", run.Output, StringComparison.Ordinal);
        Assert.Contains("is said to be in the language 'tlh'; this server knows de, en, none.", run.Output, StringComparison.Ordinal);
        Assert.Contains("Server: stopped in order", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"Of 3 servers, process \d+ was killed while 64 callers called over and over: [\d,]+ calls in [\d.]+ s, 0 failed; ", run.Output);
        int[] servers = ServerIdsIn(run.Output);
        Assert.Equal(3, servers.Length);
        Assert.All(servers, static id => Assert.False(IsRunning(id), "A server process still runs."));
    }

    [Fact]
    public async Task Without_arguments_the_repository_s_own_documents_are_counted()
    {
        ProgramResult run = await Program.RunAsync(Program.DotNet, s_quickstart);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Matches(@"README\.md +\d+ +[\d,]+ ", run.Output);
        Assert.Matches(@"docs/architecture\.md +\d+ +[\d,]+ ", run.Output);
    }

    [Fact]
    public async Task A_file_that_is_too_long_is_a_line_of_the_table()
    {
        using TemporaryDirectory directory = new();
        directory.Write("long.txt", new string('x', Quickstart.TextAnalysis.MaxLength + 1));
        directory.Write("short.txt", "fish");

        ProgramResult run = await Program.RunAsync(Program.DotNet, s_quickstart, directory.Path);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Matches(@"long\.txt +ResourceExhausted: '.*long\.txt' has 2,000,001 characters; this server analyzes at most 2,000,000\.", run.Output);
        Assert.Matches(@"1 file +1 +1 +1 +fish \(1\)", run.Output);
    }

    [Fact]
    public async Task The_halves_run_apart_and_the_server_stops_on_SIGTERM()
    {
        using TemporaryDirectory directory = new();
        directory.Write("text.txt", "fish");
        using Process server = Program.Start(Program.DotNet, s_quickstart, "server", "tcp://127.0.0.1:0");
        try
        {
            string? line = await server.StandardOutput.ReadLineAsync().WaitAsync(Patience.Limit);
            Assert.StartsWith("listening at tcp://127.0.0.1:", line, StringComparison.Ordinal);

            ProgramResult client = await Program.RunAsync(Program.DotNet, s_quickstart, "client", line!["listening at ".Length..], directory.Path);
            Assert.True(client.ExitCode == 0, client.Error);

            using Process kill = Process.Start("kill", ["-TERM", server.Id.ToString()]);
            string rest = await server.StandardOutput.ReadToEndAsync().WaitAsync(Patience.Limit);
            await server.WaitForExitAsync().WaitAsync(Patience.Limit);
            Assert.EndsWith("stopped in order\n", rest, StringComparison.Ordinal);
            Assert.Equal(0, server.ExitCode);
        }
        finally
        {
            if (!server.HasExited) server.Kill();
        }
    }

    [Fact]
    public async Task A_server_that_gets_SIGTERM_leaves_the_registry()
    {
        using TemporaryDirectory directory = new();
        using Process server = Program.Start(Program.DotNet, s_quickstart, "server", "--registered", $"file://{directory.Path}");
        try
        {
            string? line = await server.StandardOutput.ReadLineAsync().WaitAsync(Patience.Limit);
            Assert.StartsWith("listening at tcp://127.0.0.1:", line, StringComparison.Ordinal);
            await using IRegistry registry = new FileRegistryProvider().Create(RpcAddress.Parse($"file://{directory.Path}"));
            await using IAsyncEnumerator<RegistryEvent> watch = registry.WatchAsync(service: null).GetAsyncEnumerator();
            RegistryEvent change;
            do change = await NextAsync(watch);
            while (change.Records.IsEmpty);
            Assert.Equal(line!["listening at ".Length..], Assert.Single(change.Records[0].Nodes).Address);

            using Process kill = Process.Start("kill", ["-TERM", server.Id.ToString()]);
            Assert.Equal(RegistryEventKind.Delete, (await NextAsync(watch)).Kind);
            await server.WaitForExitAsync().WaitAsync(Patience.Limit);
            Assert.Equal(0, server.ExitCode);
        }
        finally
        {
            if (!server.HasExited) server.Kill();
        }

        static async Task<RegistryEvent> NextAsync(IAsyncEnumerator<RegistryEvent> watch)
        {
            Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(Patience.Limit));
            return watch.Current;
        }
    }

    [Fact]
    public async Task The_server_dies_with_a_client_that_is_killed()
    {
        // What a client that is killed cannot remove goes with this directory.
        using TemporaryDirectory directory = new();
        ProcessStartInfo start = Program.Describe(Program.DotNet, s_quickstart);
        start.Environment["TMPDIR"] = directory.Path;
        using Process client = Process.Start(start)!;
        int serverId;
        try
        {
            string? line = await client.StandardOutput.ReadLineAsync().WaitAsync(Patience.Limit);
            serverId = Assert.Single(ServerIdsIn(line!));
        }
        finally
        {
            client.Kill();
        }

        // The server holds the other end of no pipe but its parent's; it may have ended already, then there is nothing to wait for.
        try
        {
            using Process server = Process.GetProcessById(serverId);
            await server.WaitForExitAsync().WaitAsync(Patience.Limit);
        }
        catch (ArgumentException)
        {
            Assert.False(IsRunning(serverId));
        }
    }

    [Fact]
    public async Task A_client_without_a_server_says_what_is_wrong()
    {
        ProgramResult run = await Program.RunAsync(Program.DotNet, s_quickstart, "client", "tcp://127.0.0.1:1");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("Unavailable: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("tcp://127.0.0.1:1", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_does_not_exist_is_named()
    {
        ProgramResult run = await Program.RunAsync(Program.DotNet, s_quickstart, "/no/such/path");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("'/no/such/path' is neither a file nor a directory.\n", run.Error);
        Assert.Contains("Server: stopped in order", run.Output, StringComparison.Ordinal);
    }

    private static int[] ServerIdsIn(string output) => [.. ServerLine().Matches(output).Select(static match => int.Parse(match.Groups["id"].Value))];

    private static bool IsRunning(int id) => Directory.Exists($"/proc/{id}");

    [GeneratedRegex("^Server: process (?<id>[0-9]+), listening at tcp://", RegexOptions.Multiline)]
    private static partial Regex ServerLine();
}
