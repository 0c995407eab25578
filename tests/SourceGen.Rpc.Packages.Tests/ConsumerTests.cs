using SourceGen.Rpc.Packages.Tests.Support;

namespace SourceGen.Rpc.Packages.Tests;

/// <summary>Projects that reference one of the packages get all that it promises.</summary>
[Collection(PackagesCollection.Name)]
public sealed class ConsumerTests(Product product)
{
    [Theory]
    [InlineData("OnlyAbstractions")]
    [InlineData("OnlyEngine")]
    [InlineData("OnlyHosting")]
    [InlineData("HostedProgram")]
    public async Task The_generator_reaches_a_project_whichever_package_it_references(string project)
    {
        // None of them compiles without generated code.
        await product.BuiltAsync();

        Assert.True(File.Exists(AssemblyOf(project)));
        string assets = await File.ReadAllTextAsync(product.PathOf(project, "obj", "project.assets.json"));
        Assert.DoesNotContain("Microsoft.CodeAnalysis", assets, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_in_the_README_of_the_engine_runs()
    {
        await product.BuiltAsync();

        ProgramResult run = await Program.RunAsync(Program.DotNet, AssemblyOf("OnlyEngine"));

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal("Hello, world!\n", run.Output);
    }

    [Fact]
    public async Task The_analyzers_reach_a_project_and_name_what_is_wrong()
    {
        await product.BuiltAsync();
        string file = product.PathOf("OnlyHosting", "Wrong.cs");
        await File.WriteAllTextAsync(file, "[SourceGen.Rpc.Service] public interface IWrong { Task DoAsync(); }");
        try
        {
            ProgramResult build = await product.DotNetAsync("build", "OnlyHosting", "--no-restore", "-nodeReuse:false");

            Assert.NotEqual(0, build.ExitCode);
            Assert.True(build.Output.Contains("Wrong.cs(1,42): error SGR0001: ", StringComparison.Ordinal), build.Output);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_build_of_a_project_locks_its_contract_and_from_then_on_refuses_to_break_it()
    {
        await product.BuiltAsync();
        string contract = product.PathOf("OnlyAbstractions", "Contract.cs");
        string locked = product.PathOf("OnlyAbstractions", "contracts.lock.json");
        string code = await File.ReadAllTextAsync(contract);
        try
        {
            ProgramResult create = await product.DotNetAsync(
                "build", "OnlyAbstractions", "--no-restore", "-nodeReuse:false", "-p:UpdateContractsLock=create");
            Assert.True(create.ExitCode == 0, create.Output);
            Assert.Contains("\"Shop.Contracts.Orders\"", await File.ReadAllTextAsync(locked), StringComparison.Ordinal);

            await File.WriteAllTextAsync(contract, code.Replace("decimal Total, ", "", StringComparison.Ordinal));
            ProgramResult build = await product.DotNetAsync("build", "OnlyAbstractions", "--no-restore", "-nodeReuse:false");
            Assert.NotEqual(0, build.ExitCode);
            Assert.True(build.Output.Contains("error SGR0062: Shop.Contracts.Order member 'Total'", StringComparison.Ordinal), build.Output);
        }
        finally
        {
            await File.WriteAllTextAsync(contract, code);
            File.Delete(locked);
        }
    }

    [Theory]
    [InlineData("roslyn4.12", "4.12")]
    [InlineData("roslyn3.11", "3.11")]
    public async Task A_compiler_that_is_too_old_for_the_generator_is_an_error_that_says_so(string compiler, string version)
    {
        await product.BuiltAsync();

        ProgramResult check = await CheckCompilerAsync(compiler);

        Assert.NotEqual(0, check.ExitCode);
        Assert.Contains(
            "error SGR0100: SourceGen.Rpc generates code with the compiler of .NET SDK 9.0.300 (Roslyn 4.14) or later, "
            + "but OnlyAbstractions is compiled with that of .NET SDK ",
            check.Output,
            StringComparison.Ordinal);
        Assert.Contains(
            $" (Roslyn {version}). Install a newer SDK, or change the version that global.json asks for.",
            check.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_least_compiler_that_the_build_accepts_is_the_one_the_generator_is_written_for()
    {
        await product.BuiltAsync();

        // An analyzer that is built against a newer compiler than the one that runs is not loaded.
        string packages = await File.ReadAllTextAsync(Repository.PathOf("Directory.Packages.props"));
        Assert.Contains("Include=\"Microsoft.CodeAnalysis.CSharp\" Version=\"4.14.0\"", packages, StringComparison.Ordinal);

        ProgramResult check = await CheckCompilerAsync("roslyn4.14");

        Assert.True(check.ExitCode == 0, check.Output);
    }

    private string AssemblyOf(string project) => product.PathOf(project, "bin", "Debug", "net10.0", $"{project}.dll");

    private Task<ProgramResult> CheckCompilerAsync(string compiler) => product.DotNetAsync(
        "msbuild", "OnlyAbstractions", "-t:SourceGenRpcCheckCompiler", $"-p:CompilerApiVersion={compiler}", "-nodeReuse:false");
}
