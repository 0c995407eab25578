using System.Diagnostics;
using SourceGen.Rpc.Samples.Tests.Support;
using Program = SourceGen.Rpc.Samples.Tests.Support.Program;

namespace SourceGen.Rpc.Samples.Tests;

/// <summary>The program of docs/service.md is the sample, and runs as the document says.</summary>
public sealed class ServiceDocumentTests
{
    [Fact]
    public void The_program_is_the_one_in_the_document()
    {
        string program = File.ReadAllText(Repository.PathOf("samples", "GreeterService", "Program.cs")).TrimEnd();
        Assert.Contains($"```csharp\n{program}\n```", File.ReadAllText(Repository.PathOf("docs", "service.md")), StringComparison.Ordinal);
        Assert.InRange(program.Split('\n').Count(static line => line.Length > 0), 1, 15);
    }

    [Theory]
    [InlineData("-TERM")]
    [InlineData("-INT")]
    public async Task It_starts_finds_itself_in_the_registry_and_leaves_it_at_a_signal(string signal)
    {
        using TemporaryDirectory directory = new();

        // What a shell starts in the background ignores SIGINT, and so does all that it starts: the program is given it back.
        using Process program = Program.Start(
            "env", "--default-signal=INT", Program.DotNet, Path.Combine(AppContext.BaseDirectory, "GreeterService.dll"), $"file://{directory.Path}");
        try
        {
            string? line = await program.StandardOutput.ReadLineAsync().WaitAsync(Patience.Limit);
            Assert.Matches(@"^tcp://127\.0\.0\.1:\d+ says: Hello, world!$", line);
            Assert.NotEmpty(Records(directory));

            using Process kill = Process.Start("kill", [signal, program.Id.ToString()]);
            await kill.WaitForExitAsync().WaitAsync(Patience.Limit);
            Assert.Equal("stopped", await program.StandardOutput.ReadLineAsync().WaitAsync(Patience.Limit));
            await program.WaitForExitAsync().WaitAsync(Patience.Limit);
            Assert.Equal(0, program.ExitCode);
            Assert.Empty(Records(directory));
        }
        finally
        {
            if (!program.HasExited) program.Kill();
        }
    }

    [Fact]
    public async Task An_address_that_nothing_serves_ends_it_with_what_is_wrong()
    {
        ProgramResult run = await Program.RunAsync(Program.DotNet, Path.Combine(AppContext.BaseDirectory, "GreeterService.dll"), "etcd://127.0.0.1:2379");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("No registry serves 'etcd://'. Known here are file://.", run.Error);
    }

    private static string[] Records(TemporaryDirectory directory) =>
        [.. Directory.EnumerateFiles(directory.Path, "*", SearchOption.AllDirectories)
            .Where(static file => File.ReadAllText(file).Contains("Greeter", StringComparison.Ordinal))];
}
