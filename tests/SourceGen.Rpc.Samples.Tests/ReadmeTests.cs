using System.Text.RegularExpressions;
using SourceGen.Rpc.Samples.Contracts;
using SourceGen.Rpc.Samples.Tests.Support;

namespace SourceGen.Rpc.Samples.Tests;

/// <summary>What the documents show compiles, runs and exists.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string s_readme = File.ReadAllText(Repository.PathOf("README.md"));

    public static TheoryData<string> Documents =>
        [.. Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file))];

    [Fact]
    public async Task The_example_runs()
    {
        const string address = "memory://readme";

        // <readme>
        await using var server = new RpcServer(new RpcServerOptions().Listen(address));
        server.AddService<IGreeter>(new Greeter());      // a class that implements IGreeter
        await server.StartAsync();
        // </readme>
        // <readme>
        await using var rpc = await RpcClient.ConnectAsync(address);
        IGreeter greeter = rpc.Get<IGreeter>();
        Greeting greeting = await greeter.HelloAsync("world");
        // </readme>
        Assert.Equal("Hello, world!", greeting.Text);
    }

    [Theory]
    [InlineData("tests/SourceGen.Rpc.Samples.Tests/ReadmeTests.cs", 2)]
    [InlineData("tests/SourceGen.Rpc.Samples.Contracts/IGreeter.cs", 1)]
    public void The_example_is_the_one_in_the_README(string path, int parts)
    {
        Match[] marked = MarkedCode().Matches(File.ReadAllText(Repository.PathOf(path))).ToArray();

        Assert.Equal(parts, marked.Length);
        foreach (Match part in marked)
        {
            string code = string.Concat(part.Groups["code"].Value.Split('\n').Select(line => line[Math.Min(line.Length, part.Groups["indent"].Length)..] + "\n"));
            Assert.Contains($"```csharp\n{code.TrimEnd()}\n```", s_readme.Replace("\"tcp://127.0.0.1:5000\"", "address"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_lead_somewhere(string document)
    {
        string directory = Path.GetDirectoryName(Repository.PathOf(document))!;
        string text = File.ReadAllText(Repository.PathOf(document));

        string[] broken = [.. RelativeLink().Matches(text)
            .Select(link => link.Groups["target"].Value)
            .Where(target => !Path.Exists(Path.Combine(directory, target)))];

        Assert.True(broken.Length == 0, $"{document} links to {string.Join(", ", broken)}, which does not exist.");
    }

    [GeneratedRegex(@"^(?<indent> *)// <readme>\n(?<code>.*?)\n *// </readme>", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex MarkedCode();

    [GeneratedRegex(@"\]\((?<target>[^)#:\s]+)(#[^)]*)?\)", RegexOptions.ExplicitCapture)]
    private static partial Regex RelativeLink();

    private sealed class Greeter : IGreeter
    {
        public ValueTask<Greeting> HelloAsync(string name, CancellationToken ct = default) => new(new Greeting($"Hello, {name}!", DateTimeOffset.UnixEpoch));

        public ValueTask LogAsync(string line) => default;
    }
}
