using System.Text.RegularExpressions;
using SourceGen.Rpc.Registries.Conformance;
using SourceGen.Rpc.Samples.Tests.Support;

namespace SourceGen.Rpc.Plugins.Aot.Tests.Support;

/// <summary>
/// The program beside these tests, SourceGen.Rpc.Plugins.Aot, published once for all of them: without a warning, or they all fail.
/// </summary>
[CollectionDefinition(Collection)]
public sealed partial class NativeProgram : IAsyncLifetime, ICollectionFixture<NativeProgram>
{
    /// <summary>What tests are in that need it.</summary>
    public const string Collection = "native program";

    private const string Name = "SourceGen.Rpc.Plugins.Aot";
    private static readonly TimeSpan s_publishLimit = TimeSpan.FromMinutes(10);

    private readonly TemporaryDirectory _directory = new();

    /// <summary>The native binary.</summary>
    public string Path => _directory[Name];

    /// <summary>
    /// Publishes in the working tree, so that libraries which are built already are not built again: compiling them takes longer than
    /// compiling all to native code. test.sh lets no other test build at the same time.
    /// </summary>
    public async Task InitializeAsync()
    {
        ProgramResult publish = await Samples.Tests.Support.Program.RunAsync(
            s_publishLimit,
            Samples.Tests.Support.Program.DotNet,
            "publish", Repository.PathOf("tests", Name, $"{Name}.csproj"), "-c", "Release", "-o", _directory.Path,
            "-nodeReuse:false", "-p:UseSharedCompilation=false");
        Assert.True(publish.ExitCode == 0, publish.Output + publish.Error);
        Assert.DoesNotMatch(Warning(), publish.Output);
        Assert.True(File.Exists(Path), publish.Output);
    }

    /// <summary>Removes it.</summary>
    public Task DisposeAsync()
    {
        _directory.Dispose();
        return Task.CompletedTask;
    }

    [GeneratedRegex(@"\bwarning\b|\bIL[23]\d{3}\b", RegexOptions.IgnoreCase)]
    private static partial Regex Warning();
}
