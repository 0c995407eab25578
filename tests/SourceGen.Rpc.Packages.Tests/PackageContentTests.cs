using System.Buffers.Binary;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Xml.Linq;
using SourceGen.Rpc.Packages.Tests.Support;

namespace SourceGen.Rpc.Packages.Tests;

/// <summary>What packing the solution makes, file by file and field by field.</summary>
[Collection(PackagesCollection.Name)]
public sealed class PackageContentTests(Product product)
{
    private const string Abstractions = "SourceGen.Rpc.Abstractions";
    private const string Engine = "SourceGen.Rpc";
    private const string Hosting = "SourceGen.Rpc.Hosting";
    private const string Templates = "SourceGen.Rpc.Templates";

    private static readonly string[] s_embeddedRegistries = [.. new[] { "File", "Mdns", "Memory", "Static" }.Select(Registry)];
    private static readonly string[] s_registries = [.. s_embeddedRegistries, .. new[] { "Consul", "Dns", "Etcd", "ZooKeeper" }.Select(Registry)];
    private static readonly string[] s_brokers = ["SourceGen.Rpc.Brokers.Nats", "SourceGen.Rpc.Brokers.RabbitMq"];
    private static readonly string[] s_libraries = [Abstractions, Engine, Hosting, .. s_registries, .. s_brokers];
    private static readonly string[] s_frameworks = ["net10.0", "net9.0"];

    public static TheoryData<string> Libraries => [.. s_libraries];

    public static TheoryData<string> Packages => [.. s_libraries, Templates];

    [Fact]
    public async Task The_solution_packs_the_libraries_and_the_templates_and_nothing_else()
    {
        string version = product.Version;
        string[] expected =
        [
            .. s_libraries.SelectMany(id => (string[])[$"{id}.{version}.nupkg", $"{id}.{version}.snupkg"]),
            $"{Templates}.{version}.nupkg",
        ];

        Assert.Equal(expected.Order(StringComparer.Ordinal), await product.PackedFilesAsync());
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_library_holds_its_assemblies_their_documentation_and_no_more(string id)
    {
        using PackageFile package = await product.PackageAsync(id);
        string[] beside = id == Abstractions ? [.. AnalyzerFiles, .. BuildFiles] : [];
        string[] expected =
        [
            "README.md", "icon.png", $"{id}.nuspec", .. beside,
            .. FrameworkFiles(id, "dll"), .. FrameworkFiles(id, "xml"),
        ];

        Assert.Equal(expected.Order(StringComparer.Ordinal), package.Files);
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task A_symbol_package_holds_the_symbols_of_every_framework(string id)
    {
        using PackageFile package = await product.PackageAsync(id, "snupkg");

        Assert.Equal([.. FrameworkFiles(id, "pdb").Append($"{id}.nuspec").Order(StringComparer.Ordinal)], package.Files);
    }

    [Fact]
    public async Task The_templates_package_holds_four_whole_templates()
    {
        using PackageFile package = await product.PackageAsync(Templates);

        string[] expected =
        [
            "README.md", "icon.png", $"{Templates}.nuspec",
            .. Template("rpc-contracts", "README.md", "Greeting.cs", "IGreeter.cs", "Rpc-App.Contracts.csproj"),
            .. Template(
                "rpc-server", "README.md", "Contracts/Greeting.cs", "Contracts/IGreeter.cs",
                "Greeter.cs", "Program.cs", "Rpc-App.Server.csproj", "appsettings.json"),
            .. Template(
                "rpc-client", "README.md", "Contracts/Greeting.cs", "Contracts/IGreeter.cs", "Program.cs", "Rpc-App.Client.csproj"),
            .. Template(
                "rpc-app", "README.md", "Rpc-App.slnx",
                "Rpc-App.Contracts/Greeting.cs", "Rpc-App.Contracts/IGreeter.cs", "Rpc-App.Contracts/Rpc-App.Contracts.csproj",
                "Rpc-App.Server/Greeter.cs", "Rpc-App.Server/Program.cs",
                "Rpc-App.Server/Rpc-App.Server.csproj", "Rpc-App.Server/appsettings.json",
                "Rpc-App.Client/Program.cs", "Rpc-App.Client/Rpc-App.Client.csproj"),
        ];

        Assert.Equal(expected.Order(StringComparer.Ordinal), package.Files);
        Assert.Equal("Template", Assert.Single(package.Element("packageTypes")!.Elements()).Attribute("name")!.Value);
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task A_package_says_what_it_is_and_where_it_comes_from(string id)
    {
        using PackageFile package = await product.PackageAsync(id);

        Assert.Equal(id, package.Field("id"));
        Assert.Equal(product.Version, package.Field("version"));
        Assert.Equal("The SourceGen.Rpc developers", package.Field("authors"));
        Assert.InRange(package.Field("description").Length, 60, 300);
        Assert.Contains("rpc", package.Field("tags").Split(' '));
        Assert.Equal("icon.png", package.Field("icon"));
        Assert.Equal("README.md", package.Field("readme"));
        Assert.StartsWith("https://github.com/", package.Field("projectUrl"), StringComparison.Ordinal);
        XElement repository = package.Element("repository")!;
        Assert.Equal("git", (string?)repository.Attribute("type"));
        Assert.Equal(package.Field("projectUrl"), (string?)repository.Attribute("url"));
        Assert.Matches("^[0-9a-f]{40}$", (string?)repository.Attribute("commit"));
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task A_readme_is_that_of_the_package_and_links_nowhere_relative(string id)
    {
        using PackageFile package = await product.PackageAsync(id);

        string readme = package.ReadText("README.md");

        Assert.StartsWith($"# {id}\n", readme, StringComparison.Ordinal);
        Assert.DoesNotContain("](", readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_icon_is_a_png_of_128_pixels()
    {
        using PackageFile package = await product.PackageAsync(Abstractions);

        byte[] icon = package.Read("icon.png");

        Assert.Equal([0x89, .. "PNG\r\n\u001a\n"u8], icon[..8]);
        Assert.Equal(128, BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(16)));
        Assert.Equal(128, BinaryPrimitives.ReadInt32BigEndian(icon.AsSpan(20)));
    }

    [Fact]
    public async Task Packages_depend_on_what_they_use_and_let_the_generator_through()
    {
        using PackageFile abstractions = await product.PackageAsync(Abstractions);
        using PackageFile engine = await product.PackageAsync(Engine);
        using PackageFile hosting = await product.PackageAsync(Hosting);
        using PackageFile templates = await product.PackageAsync(Templates);

        Assert.Empty(abstractions.Dependencies);
        Assert.Empty(templates.Dependencies);
        Assert.Equal(
            Dependencies([Abstractions], "Microsoft.Extensions.Logging.Abstractions", "System.Threading.RateLimiting"),
            engine.Dependencies);
        Assert.Equal(
            Dependencies(
                [Engine, .. s_embeddedRegistries], "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Diagnostics.HealthChecks",
                "Microsoft.Extensions.Hosting.Abstractions", "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options"),
            hosting.Dependencies);
    }

    [Fact]
    public async Task A_plug_in_needs_the_abstractions_and_nothing_else_of_the_framework()
    {
        foreach (string id in (string[])[.. s_registries, .. s_brokers])
        {
            using PackageFile package = await product.PackageAsync(id);
            Assert.Equal(
                s_frameworks.Select(framework => $"{framework}: {Abstractions} {product.Version}").Order(),
                package.Dependencies.Where(static dependency => dependency.Contains(": SourceGen.", StringComparison.Ordinal)).Order());
        }
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Public_members_are_documented(string id)
    {
        using PackageFile package = await product.PackageAsync(id);

        foreach (string file in FrameworkFiles(id, "xml"))
        {
            XElement documentation = XDocument.Parse(package.ReadText(file)).Root!;
            Assert.Equal(id, documentation.Element("assembly")!.Element("name")!.Value);
            Assert.Contains(documentation.Descendants("member"), IsOfType);
        }
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public async Task Nothing_tells_where_it_was_built(string id)
    {
        using PackageFile package = await product.PackageAsync(id);
        List<PackageFile> packages = [package];
        if (id != Templates) packages.Add(await product.PackageAsync(id, "snupkg"));

        foreach (PackageFile each in packages)
        {
            foreach (string name in each.Files)
            {
                byte[] bytes = each.Read(name);
                Assert.False(Holds(bytes, Encoding.UTF8) || Holds(bytes, Encoding.Unicode), $"{name} holds the path {Repository.Root}.");
            }
        }

        if (packages.Count > 1) packages[1].Dispose();
    }

    [Fact]
    public async Task All_assemblies_are_of_one_version_which_says_the_commit()
    {
        HashSet<string> versions = [];
        foreach (string id in s_libraries)
        {
            using PackageFile package = await product.PackageAsync(id);
            string commit = (string)package.Element("repository")!.Attribute("commit")!;
            foreach (string file in package.Files.Where(file => file.EndsWith(".dll", StringComparison.Ordinal)))
            {
                string version = InformationalVersion(package.Read(file));
                Assert.EndsWith($"+{commit}", version, StringComparison.Ordinal);
                versions.Add(version);
            }
        }

        Assert.Matches(@"^\d+\.\d+\.\d+(-[0-9a-z.]+)?\+[0-9a-f]{40}$", Assert.Single(versions));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Symbols_lead_to_the_sources_of_the_commit(string id)
    {
        using PackageFile package = await product.PackageAsync(id);
        using PackageFile symbols = await product.PackageAsync(id, "snupkg");
        string commit = (string)package.Element("repository")!.Attribute("commit")!;

        foreach (string file in FrameworkFiles(id, "pdb")) AssertLeadsToSources(Symbols.OfPdb(symbols.Read(file)), commit);
        foreach (string file in package.Files.Where(file => file.StartsWith("analyzers/", StringComparison.Ordinal)))
        {
            AssertLeadsToSources(Symbols.OfAssembly(package.Read(file)), commit);
        }
    }

    private static string Registry(string name) => $"SourceGen.Rpc.Registries.{name}";

    private static bool IsOfType(XElement member) => member.Attribute("name")!.Value.StartsWith("T:", StringComparison.Ordinal);

    /// <summary>Every source is in the repository where the link says, or in the symbols themselves, as generated ones are.</summary>
    private static void AssertLeadsToSources(Symbols symbols, string commit)
    {
        (string prefix, string url) = Assert.Single(symbols.SourceLink);
        Assert.Equal("/_/*", prefix);
        Assert.Matches($"^https://raw\\.githubusercontent\\.com/[^/]+/[^/]+/{commit}/\\*$", url);
        Assert.NotEmpty(symbols.EmbeddedByDocument);
        foreach ((string document, bool isEmbedded) in symbols.EmbeddedByDocument)
        {
            Assert.StartsWith("/_/", document, StringComparison.Ordinal);
            Assert.True(
                isEmbedded || File.Exists(Repository.PathOf(document["/_/".Length..])),
                $"{document} is neither embedded nor in the repository.");
        }
    }

    private static bool Holds(byte[] bytes, Encoding encoding) => bytes.AsSpan().IndexOf(encoding.GetBytes(Repository.Root + "/")) >= 0;

    private static string InformationalVersion(byte[] assembly)
    {
        using PEReader reader = new([.. assembly]);
        MetadataReader metadata = reader.GetMetadataReader();
        CustomAttribute attribute = metadata.GetAssemblyDefinition().GetCustomAttributes().Select(metadata.GetCustomAttribute)
            .Single(attribute => TypeName(metadata, attribute) == "AssemblyInformationalVersionAttribute");
        BlobReader value = metadata.GetBlobReader(attribute.Value);
        value.ReadUInt16();
        return value.ReadSerializedString()!;
    }

    private static string TypeName(MetadataReader metadata, CustomAttribute attribute) =>
        attribute.Constructor.Kind == HandleKind.MemberReference
        && metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } type
            ? metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)type).Name)
            : "";

    /// <summary>What runs in the compiler: a project each under Generators and Analyzers.</summary>
    private static IEnumerable<string> AnalyzerFiles =>
        ((string[])["Generators", "Analyzers"])
            .SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.csproj", SearchOption.AllDirectories))
            .Select(project => $"analyzers/dotnet/cs/{Path.GetFileNameWithoutExtension(project)}.dll");

    private static IEnumerable<string> BuildFiles =>
        Directory.EnumerateFiles(Repository.PathOf("Generators", "buildTransitive"))
            .Select(file => $"buildTransitive/{Path.GetFileName(file)}");

    private static IEnumerable<string> FrameworkFiles(string id, string extension) =>
        s_frameworks.Select(framework => $"lib/{framework}/{id}.{extension}");

    private static IEnumerable<string> Template(string name, params string[] files) =>
        files.Concat([".template.config/template.json", ".template.config/dotnetcli.host.json"]).Select(file => $"content/{name}/{file}");

    /// <summary>Packages of ours with all that is in them, and others as is normal, in the versions of the repository.</summary>
    private string[] Dependencies(string[] own, params string[] others)
    {
        XDocument versions = XDocument.Load(Repository.PathOf("Directory.Packages.props"));
        return
        [
            .. s_frameworks.SelectMany(framework => others
                .Select(id => $"{framework}: {id} {VersionOf(versions, id)} without Build,Analyzers")
                .Concat(own.Select(id => $"{framework}: {id} {product.Version}")))
                .Order(StringComparer.CurrentCulture),
        ];
    }

    private static string VersionOf(XDocument versions, string id) =>
        versions.Descendants("PackageVersion").Single(version => (string?)version.Attribute("Include") == id).Attribute("Version")!.Value;
}
