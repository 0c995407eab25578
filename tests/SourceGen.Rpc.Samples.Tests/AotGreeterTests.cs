using System.Diagnostics;
using System.Text.RegularExpressions;
using SourceGen.Rpc.Samples.Tests.Support;
using Xunit.Abstractions;
using Program = SourceGen.Rpc.Samples.Tests.Support.Program;

namespace SourceGen.Rpc.Samples.Tests;

/// <summary>Client and server as a native binary: published without a warning, small, and working.</summary>
public sealed partial class AotGreeterTests(ITestOutputHelper output)
{
    private const long MaxSize = 6_000_000;
    private const int Runs = 10;
    private static readonly TimeSpan s_publishLimit = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task It_publishes_without_warnings_below_6_MB_and_client_and_server_talk()
    {
        using TemporaryDirectory directory = new();
        string binary = await PublishAsync(directory.Path);
        long size = new FileInfo(binary).Length;
        output.WriteLine($"figure: native greeter: size, server and client in one binary: {size:N0} bytes");
        Assert.InRange(size, 1, MaxSize);

        ProgramResult both = await Program.RunAsync(binary);
        Assert.True(both.ExitCode == 0, both.Error);
        Assert.Matches(@"^Hello, native world! \(from process \d+\)\nThere is nobody to say 'Hello' to\.\n$", both.Output);

        await MeasureAsync(binary);
    }

    [Fact]
    public async Task The_client_names_an_address_where_nobody_listens()
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, "AotGreeter.dll");

        ProgramResult run = await Program.RunAsync(Program.DotNet, assembly, "client", "tcp://127.0.0.1:1");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("Unavailable: ", run.Error, StringComparison.Ordinal);
    }

    /// <summary>
    /// Publishes into a directory of its own, intermediate files too, so that no other build is disturbed. The libraries are those that
    /// the solution's build has made; compiling them and the generator once more took two thirds of the test.
    /// </summary>
    private static async Task<string> PublishAsync(string directory)
    {
        ProgramResult publish = await Program.RunAsync(
            s_publishLimit,
            Program.DotNet,
            "publish",
            Repository.PathOf("samples", "AotGreeter", "AotGreeter.csproj"),
            "-f", "net9.0", "-c", "Release",
            $"-p:SampleOutput={Path.Combine(directory, "artifacts")}",
            "-p:RestoreRecursive=false",
            "-o", Path.Combine(directory, "out"),
            "-nodeReuse:false", "-p:UseSharedCompilation=false");
        Assert.True(publish.ExitCode == 0, publish.Output + publish.Error);
        Assert.Contains("Generating native code", publish.Output, StringComparison.Ordinal);
        Assert.DoesNotMatch(Warning(), publish.Output);
        return Path.Combine(directory, "out", "AotGreeter");
    }

    /// <summary>
    /// Prints times, which depend on the machine and are therefore not asserted, and memory. test.sh shows the lines at its end.
    /// </summary>
    private async Task MeasureAsync(string binary)
    {
        long begun = Stopwatch.GetTimestamp();
        using Process server = Program.Start(binary, "server");
        try
        {
            string? address = await server.StandardOutput.ReadLineAsync().WaitAsync(Patience.Limit);
            output.WriteLine($"figure: native greeter: server, process start to listening: {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:N1} ms");
            double[] times = new double[Runs];
            for (int i = 0; i < Runs; i++) times[i] = await TimeClientAsync(binary, address!, server.Id);
            Array.Sort(times);
            output.WriteLine($"figure: native greeter: client, process start to first answered call: median {times[Runs / 2]:N1} ms, worst {times[^1]:N1} ms of {Runs}");
            output.WriteLine($"figure: native greeter: server, peak memory after {Runs} clients: {PeakMemory(server.Id)}");
        }
        finally
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync().WaitAsync(Patience.Limit);
        }

        Assert.Equal(0, server.ExitCode);
    }

    private static async Task<double> TimeClientAsync(string binary, string address, int serverId)
    {
        long begun = Stopwatch.GetTimestamp();
        using Process client = Program.Start(binary, "client", address);
        string? answer = await client.StandardOutput.ReadLineAsync().WaitAsync(Patience.Limit);
        double milliseconds = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        await client.WaitForExitAsync().WaitAsync(Patience.Limit);
        Assert.Equal($"Hello, native world! (from process {serverId})", answer);
        Assert.Equal(0, client.ExitCode);
        return milliseconds;
    }

    private static string PeakMemory(int id) =>
        File.ReadLines($"/proc/{id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))["VmHWM:".Length..].Trim();

    [GeneratedRegex(@"\bwarning\b|\bIL[23]\d{3}\b", RegexOptions.IgnoreCase)]
    private static partial Regex Warning();
}
