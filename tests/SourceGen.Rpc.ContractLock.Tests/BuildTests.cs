using System.Diagnostics;
using System.Text.RegularExpressions;
using SourceGen.Rpc.Analyzers;
using SourceGen.Rpc.Generators;
using SourceGen.Rpc.Samples.Tests.Support;

namespace SourceGen.Rpc.ContractLock.Tests;

/// <summary>The lock from the command line, with the targets that users get: real builds of a project in a directory of its own.</summary>
public sealed partial class BuildTests(CompilerServer compiler) : IClassFixture<CompilerServer>, IDisposable
{
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(5);

    private readonly string _directory = Directory.CreateTempSubdirectory("contract-lock-").FullName;

    private string LockPath => Path.Combine(_directory, "contracts.lock.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_lock_is_created_updated_and_broken_deliberately()
    {
        WriteProject("<TargetFramework>net10.0</TargetFramework>");
        WriteContract("ValueTask M(int a);");

        Assert.Equal((0, ""), await BuildAsync());
        Assert.Equal((0, ""), await BuildAsync("-p:UpdateContractsLock=true"));
        Assert.False(File.Exists(LockPath), "Updating is not creating.");
        Assert.Equal((0, ""), await BuildAsync("-p:UpdateContractsLock=create"));
        string created = File.ReadAllText(LockPath);
        Assert.Contains("\"M(a: int32) -> void\"", created, StringComparison.Ordinal);
        Assert.Equal((0, ""), await BuildAsync());

        WriteContract("ValueTask M(int a, int b = 0);");
        Assert.Equal((0, "warning SGR0061"), await BuildAsync());
        Assert.Equal((0, ""), await BuildAsync("-p:UpdateContractsLock=true"));
        Assert.Equal(created.Edit("a: int32", "a: int32, b: int32 = default"), File.ReadAllText(LockPath));

        WriteContract("ValueTask M(string a, int b = 0);");
        string before = File.ReadAllText(LockPath);
        Assert.Equal((1, "error SGR0062"), await BuildAsync());
        Assert.Equal((1, "error SGR0062"), await BuildAsync("-p:UpdateContractsLock=true"));
        Assert.Equal(before, File.ReadAllText(LockPath));
        const string Reason = "nobody calls it: see #12 (100 % sure)";
        Assert.Equal((0, ""), await BuildAsync("-p:UpdateContractsLock=true", $"-p:AcceptBreakingContractChanges={Reason}"));
        Assert.Contains($"is string: breaks old clients and old servers. {Reason}\"", File.ReadAllText(LockPath), StringComparison.Ordinal);
        Assert.Equal((0, ""), await BuildAsync());

        File.Delete(LockPath);
        Assert.Equal((0, ""), await BuildAsync("-p:UpdateContractsLock=create"));
        Assert.True(File.Exists(LockPath));
        File.WriteAllText(LockPath, "{");
        Assert.Equal((1, "error SGR0063"), await BuildAsync("-p:UpdateContractsLock=true"));
        Assert.Equal("{", File.ReadAllText(LockPath));
    }

    [Fact]
    public async Task A_project_for_several_frameworks_has_one_lock()
    {
        WriteProject("<TargetFrameworks>net9.0;net10.0</TargetFrameworks>");
        WriteContract("ValueTask M(int a);");

        Assert.Equal((0, ""), await BuildAsync("-p:UpdateContractsLock=create"));

        Assert.Contains("\"M(a: int32) -> void\"", File.ReadAllText(LockPath), StringComparison.Ordinal);
        Assert.Equal((0, ""), await BuildAsync());
    }

    private void WriteContract(string member) => File.WriteAllText(
        Path.Combine(_directory, "Contract.cs"),
        $"namespace Locked;\n[SourceGen.Rpc.Service] public partial interface IService {{ {member} }}\n");

    private void WriteProject(string framework) => File.WriteAllText(Path.Combine(_directory, "Locked.csproj"), $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            {framework}
            <LangVersion>14</LangVersion>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
          </PropertyGroup>
          <ItemGroup>
            <Reference Include="{Abstractions()}" />
            <Analyzer Include="{typeof(ContractGenerator).Assembly.Location}" />
            <Analyzer Include="{typeof(ContractsLockAnalyzer).Assembly.Location}" />
          </ItemGroup>
          <Import Project="{Repository.PathOf("Generators/buildTransitive/SourceGen.Rpc.Abstractions.props")}" />
          <Import Project="{Repository.PathOf("Generators/buildTransitive/SourceGen.Rpc.Abstractions.targets")}" />
        </Project>
        """);

    /// <summary>The oldest framework's, which every framework can reference.</summary>
    private static string Abstractions() => Repository.PathOf(
        $"Runtime/SourceGen.Rpc.Abstractions/bin/{Repository.Configuration}/net9.0/SourceGen.Rpc.Abstractions.dll");

    /// <summary>Builds, and restores before the first build; returns the exit code, and what diagnostics there were.</summary>
    private async Task<(int Code, string Diagnostics)> BuildAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet")
        {
            WorkingDirectory = _directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] restored = File.Exists(Path.Combine(_directory, "obj", "project.assets.json")) ? ["--no-restore"] : [];
        foreach (string argument in (string[])["build", "-nodeReuse:false", "--tl:off", .. restored, .. arguments])
            start.ArgumentList.Add(argument);
        compiler.Serve(start);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = new(BuildLimit);
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            string output = await process.StandardOutput.ReadToEndAsync(limit.Token) + await error;
            await process.WaitForExitAsync(limit.Token);
            IEnumerable<string> diagnostics = DiagnosticPattern().Matches(output).Select(static match => match.Value);
            return (process.ExitCode, string.Join(", ", diagnostics.Distinct(StringComparer.Ordinal)));
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    [GeneratedRegex(@"(warning|error) [A-Z]+[0-9]+")]
    private static partial Regex DiagnosticPattern();
}
