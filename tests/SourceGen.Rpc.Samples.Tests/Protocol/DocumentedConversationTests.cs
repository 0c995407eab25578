using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Samples.Contracts;
using SourceGen.Rpc.Samples.Tests.Support;

namespace SourceGen.Rpc.Samples.Tests.Protocol;

/// <summary>docs/wire-protocol.md prints a conversation; the server must hold it to the byte.</summary>
public sealed partial class DocumentedConversationTests
{
    private static readonly string s_document = File.ReadAllText(Repository.PathOf("docs", "wire-protocol.md"));

    [Fact]
    public async Task The_server_answers_the_documented_bytes_with_the_documented_bytes()
    {
        await using CalculatorServer server = await CalculatorServer.StartAsync();
        using TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", server.Port);
        NetworkStream stream = client.GetStream();
        int lines = 0;
        foreach (Match line in ConversationLine().Matches(s_document))
        {
            byte[] bytes = [.. line.Groups["bytes"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(hex => byte.Parse(hex, NumberStyles.HexNumber))];
            lines++;
            if (line.Groups["side"].Value == "C")
            {
                await stream.WriteAsync(bytes);
                continue;
            }

            byte[] answer = new byte[bytes.Length];
            await stream.ReadExactlyAsync(answer).AsTask().WaitAsync(Patience.Limit);
            Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(answer));
        }

        Assert.True(lines > 40, $"The document has a conversation of {lines} lines only: has its layout changed?");
        client.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Patience.Limit));
        Assert.Equal(["hi"], await server.Calculator.NotesAsync());
    }

    [Fact]
    public void The_documented_schema_is_the_generated_one() =>
        Assert.Contains(Indent(SchemaOf<ICalculator>()), s_document, StringComparison.Ordinal);

    private static string SchemaOf<TService>()
        where TService : class, IRpcContract<TService> => TService.Contract.Schema;

    private static string Indent(string text) => string.Concat(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"    {line}\n"));

    [GeneratedRegex("^    (?<side>[CS])  (?<bytes>([0-9A-F]{2} )*[0-9A-F]{2})  ", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ConversationLine();
}
