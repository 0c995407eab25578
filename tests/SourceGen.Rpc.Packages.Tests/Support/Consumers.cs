using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace SourceGen.Rpc.Packages.Tests.Support;

/// <summary>Projects that reference one package each and compile what the package's own README shows.</summary>
internal static partial class Consumers
{
    /// <summary>Hosts need a package that SourceGen.Rpc.Hosting does not bring, as its README says.</summary>
    private const string Host = "Microsoft.Extensions.Hosting";

    public static void WriteAll(Workspace workspace, string version)
    {
        const string abstractions = "SourceGen.Rpc.Abstractions";
        const string engine = "SourceGen.Rpc";
        const string hosting = "SourceGen.Rpc.Hosting";
        Write(workspace, "OnlyAbstractions", isProgram: false, ReadmeOf(abstractions), (abstractions, version));
        workspace.Write("projects/OnlyAbstractions/Uses.cs", ContractUse);
        Write(workspace, "OnlyEngine", isProgram: true, ReadmeOf(engine), (engine, version));
        Write(workspace, "OnlyHosting", isProgram: false, HostedService, (hosting, version));
        Write(workspace, "HostedProgram", isProgram: true, ReadmeOf(hosting), (hosting, version), (Host, VersionOf(Host)));
    }

    /// <summary>The interface has a contract, which the generator implements in it.</summary>
    private const string ContractUse = """
        using SourceGen.Rpc.CompilerServices;

        namespace Shop.Contracts;

        public static class Uses
        {
            public static object Contract => ContractOf<IOrders>();

            private static object ContractOf<T>() where T : class, IRpcContract<T> => T.Contract;
        }
        """;

    /// <summary>Neither Get nor AddService takes an interface that the generator did not complete.</summary>
    private const string HostedService = """
        using Microsoft.Extensions.DependencyInjection;
        using SourceGen.Rpc;

        namespace OnlyHosting;

        [Service]
        public partial interface IClock
        {
            ValueTask<DateTimeOffset> NowAsync(CancellationToken cancellationToken = default);
        }

        public sealed class Clock : IClock
        {
            public ValueTask<DateTimeOffset> NowAsync(CancellationToken cancellationToken = default) => new(DateTimeOffset.UtcNow);
        }

        public static class Uses
        {
            public static void Add(IServiceCollection services) => services.AddRpcServer().AddService<IClock, Clock>();

            public static IClock Proxy(RpcClient client) => client.Get<IClock>();
        }
        """;

    private static void Write(Workspace workspace, string name, bool isProgram, string code, params (string Id, string Version)[] packages)
    {
        workspace.Write($"projects/{name}/{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>{(isProgram ? "Exe" : "Library")}</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                {string.Concat(packages.Select(package => $"<PackageReference Include=\"{package.Id}\" Version=\"{package.Version}\" />"))}
              </ItemGroup>
            </Project>
            """);
        workspace.Write($"projects/{name}/{(isProgram ? "Program" : "Contract")}.cs", code);
    }

    private static string ReadmeOf(string project) =>
        Code().Match(File.ReadAllText(Repository.PathOf("Runtime", project, "README.md"))).Groups["code"].Value;

    private static string VersionOf(string id) =>
        XDocument.Load(Repository.PathOf("Directory.Packages.props")).Descendants("PackageVersion")
            .Single(version => (string?)version.Attribute("Include") == id).Attribute("Version")!.Value;

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Code();
}
