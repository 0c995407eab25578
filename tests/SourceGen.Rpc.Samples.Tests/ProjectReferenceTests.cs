using System.Reflection;
using System.Xml.Linq;
using SourceGen.Rpc.Samples.Contracts;
using SourceGen.Rpc.Samples.Tests.Support;

namespace SourceGen.Rpc.Samples.Tests;

/// <summary>docs/architecture.md says who may know whom; this is where it is enforced.</summary>
public sealed class ProjectReferenceTests
{
    private const string Abstractions = "SourceGen.Rpc.Abstractions";
    private const string Engine = "SourceGen.Rpc";
    private static readonly string[] s_plugInFolders = ["Registries", "Brokers"];
    private static readonly string[] s_embedded = [.. new[] { "Memory", "Static", "File", "Mdns" }.Select(name => $"SourceGen.Rpc.Registries.{name}")];

    public static TheoryData<string> ProductProjects =>
        [.. new[] { "Runtime", "Generators", "Analyzers" }
            .Select(folder => Repository.PathOf(folder))
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file))];

    [Theory]
    [MemberData(nameof(ProductProjects))]
    public void Arrows_point_towards_the_abstractions(string path)
    {
        string[] allowed = AllowedFor(path);

        string[] forbidden = [.. ReferencesOf(path, "ProjectReference").Except(allowed)];

        Assert.True(forbidden.Length == 0, $"{path} must not reference {string.Join(", ", forbidden)}; docs/architecture.md says why.");
    }

    [Fact]
    public void The_abstractions_need_the_base_class_library_only() =>
        Assert.Empty(ReferencesOf($"Runtime/{Abstractions}/{Abstractions}.csproj", "PackageReference"));

    [Fact]
    public void Generated_code_touches_nothing_but_the_abstractions()
    {
        // The assembly holds a contract, its proxy, its dispatcher and its serializers, and nothing else.
        IEnumerable<string?> ours = typeof(ICalculator).Assembly.GetReferencedAssemblies()
            .Select((AssemblyName name) => name.Name)
            .Where(name => name!.StartsWith("SourceGen", StringComparison.Ordinal));

        Assert.Equal([Abstractions], ours);
    }

    private static string[] AllowedFor(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        string[] folders = path.Split(Path.DirectorySeparatorChar);
        if (name == "SourceGen.Rpc.CodeFixes") return ["SourceGen.Rpc.Analyzers"];
        if (folders[0] != "Runtime" || name == Abstractions) return [];
        if (name == Engine || folders.Intersect(s_plugInFolders).Any()) return [Abstractions];
        return [Abstractions, Engine, .. s_embedded]; // What needs no server comes with the host.
    }

    /// <summary>What a project builds against; references to analyzers only run beside the compiler.</summary>
    private static IEnumerable<string> ReferencesOf(string path, string kind) =>
        XDocument.Load(Repository.PathOf(path)).Descendants(kind)
            .Where(reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
            .Select(reference => Path.GetFileNameWithoutExtension(((string?)reference.Attribute("Include") ?? "").Replace('\\', '/')));
}
