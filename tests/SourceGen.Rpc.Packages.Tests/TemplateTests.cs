using SourceGen.Rpc.Packages.Tests.Support;

namespace SourceGen.Rpc.Packages.Tests;

/// <summary>What dotnet new creates is built without a warning, and runs.</summary>
[Collection(PackagesCollection.Name)]
public sealed class TemplateTests(Product product)
{
    private const string CountDown = "3\n2\n1\n";

    [Fact]
    public async Task Nothing_of_the_template_is_left_in_what_it_creates()
    {
        await product.CreatedAsync();

        foreach (string project in (string[])["my-app", "Shop.Contracts", "Shop.Server", "Shop.Client", "Native.Server", "Native.Client"])
        {
            foreach (string file in FilesOf(project))
            {
                Assert.DoesNotContain("Rpc-App", file, StringComparison.Ordinal);
                Assert.DoesNotMatch(@"Rpc[-_]App|#if|#endif|\{SourceGen|\{Microsoft", File.ReadAllText(product.PathOf(project, file)));
            }
        }
    }

    [Fact]
    public async Task A_solution_has_a_contract_a_server_and_a_client_that_share_it()
    {
        await product.CreatedAsync();

        Assert.Equal(
            [
                "README.md", "my-app.Client/Program.cs", "my-app.Client/my-app.Client.csproj",
                "my-app.Contracts/Greeting.cs", "my-app.Contracts/IGreeter.cs", "my-app.Contracts/my-app.Contracts.csproj",
                "my-app.Server/Greeter.cs", "my-app.Server/Program.cs", "my-app.Server/appsettings.json",
                "my-app.Server/my-app.Server.csproj", "my-app.slnx",
            ],
            FilesOf("my-app"));
        string contract = File.ReadAllText(product.PathOf("my-app", "my-app.Contracts", "IGreeter.cs"));
        Assert.Contains("namespace my_app.Contracts;", contract, StringComparison.Ordinal);
        string solution = File.ReadAllText(product.PathOf("my-app", "my-app.slnx"));
        Assert.Contains("my-app.Server/my-app.Server.csproj", solution, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_and_a_client_refer_to_the_contract_that_they_are_given()
    {
        await product.CreatedAsync();

        Assert.Equal(["Program.cs", "README.md", "Shop.Client.csproj"], FilesOf("Shop.Client"));
        Assert.Equal(["Greeter.cs", "Program.cs", "README.md", "Shop.Server.csproj", "appsettings.json"], FilesOf("Shop.Server"));
        foreach (string project in (string[])["Shop.Server", "Shop.Client"])
        {
            Assert.Contains(
                "<ProjectReference Include=\"../Shop.Contracts/Shop.Contracts.csproj\" />",
                File.ReadAllText(product.PathOf(project, $"{project}.csproj")),
                StringComparison.Ordinal);
            Assert.StartsWith("using Shop.Contracts;\n", File.ReadAllText(product.PathOf(project, "Program.cs")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Framework_and_native_publishing_are_what_was_asked_for()
    {
        await product.CreatedAsync();

        Assert.Contains("<TargetFramework>net10.0</TargetFramework>", ProjectOf("Shop.Server"), StringComparison.Ordinal);
        Assert.DoesNotContain("Aot", ProjectOf("Shop.Server"), StringComparison.Ordinal);
        Assert.Contains("<IsAotCompatible>true</IsAotCompatible>", ProjectOf("Shop.Contracts"), StringComparison.Ordinal);
        foreach (string project in (string[])["Native.Server", "Native.Client"])
        {
            Assert.Contains("<TargetFramework>net9.0</TargetFramework>", ProjectOf(project), StringComparison.Ordinal);
            Assert.Contains("<PublishAot>true</PublishAot>", ProjectOf(project), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_client_of_a_solution_calls_its_server()
    {
        await product.BuiltAsync();

        await AssertTalkAsync(
            [Program.DotNet, Assembly("my-app", "my-app.Server")], [Program.DotNet, Assembly("my-app", "my-app.Client")]);
    }

    [Fact]
    public async Task A_client_calls_a_server_that_has_its_contract_from_the_same_library()
    {
        await product.BuiltAsync();

        await AssertTalkAsync([Program.DotNet, Assembly("", "Shop.Server")], [Program.DotNet, Assembly("", "Shop.Client")]);
    }

    [Fact]
    public async Task Native_server_and_client_with_a_contract_of_their_own_each_understand_each_other()
    {
        await product.PublishedAsync();

        await AssertTalkAsync(
            [product.PathOf("native", "Native.Server", "Native.Server")], [product.PathOf("native", "Native.Client", "Native.Client")]);
    }

    [Fact]
    public async Task A_client_without_a_server_says_what_is_wrong()
    {
        await product.BuiltAsync();

        ProgramResult client = await Program.RunAsync(Program.DotNet, Assembly("", "Shop.Client"), "tcp://127.0.0.1:1");

        Assert.Equal(1, client.ExitCode);
        Assert.StartsWith("Unavailable: ", client.Error, StringComparison.Ordinal);
        Assert.Contains("tcp://127.0.0.1:1", client.Error, StringComparison.Ordinal);
    }

    private static async Task AssertTalkAsync(string[] server, string[] client)
    {
        await using ServerProgram running = await ServerProgram.StartAsync(server);

        ProgramResult result = await Program.RunAsync(client[0], [.. client[1..], running.Address, "Ada"]);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal($"Hello, Ada!\n{CountDown}", result.Output);
        Assert.Equal(0, await running.StopAsync());
    }

    private string Assembly(string folder, string project) => product.PathOf(folder, project, "bin", "Debug", "net10.0", $"{project}.dll");

    private string ProjectOf(string name) => File.ReadAllText(product.PathOf(name, $"{name}.csproj"));

    private string[] FilesOf(string project) =>
    [
        .. Directory.EnumerateFiles(product.PathOf(project), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(product.PathOf(project), file))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal),
    ];
}
