using System.Text.Json;
using SourceGen.Rpc.Samples.Tests.Support;

namespace SourceGen.Rpc.Samples.Tests.Protocol;

/// <summary>A client in another language, written from the document alone, talks to the real server.</summary>
public sealed class PythonClientTests
{
    // Debian's interpreter, which python3-msgpack is installed for; another one on the path may lack it.
    private const string Python = "/usr/bin/python3";

    [Fact]
    public async Task A_client_written_from_the_document_calls_every_kind_of_method()
    {
        await using CalculatorServer server = await CalculatorServer.StartAsync();
        string script = Path.Combine(AppContext.BaseDirectory, "Protocol", "minimal_client.py");

        ProgramResult run = await Program.RunAsync(Python, script, server.Port.ToString());

        Assert.True(run.ExitCode == 0, run.Error);
        JsonElement result = JsonElement.Parse(run.Output);
        Assert.Equal(5, result.GetProperty("add").GetInt32());
        Assert.Equal(5, result.GetProperty("extra").GetInt32());
        Assert.True(result.GetProperty("echo").GetBoolean());
        Assert.True(result.GetProperty("fingerprint").GetBoolean());
        Assert.Equal("""["from python"]""", Compact(result, "notes"));
        Assert.Equal("""[3,"Nothing can be divided by zero.","calculator.zero",422,false]""", Compact(result, "divide"));
        Assert.StartsWith("""[1,"Calculator/Wait was cancelled by its caller.",""", Compact(result, "cancelled"));
        Assert.StartsWith("""[3,"The arguments of Calculator/Add cannot be read:""", Compact(result, "wrong"));
        Assert.EndsWith(",true]", Compact(result, "wrong"));
        Assert.StartsWith("""[12,"There is no method number 9999 here""", Compact(result, "unknown"));
        Assert.Equal(
            """[4,"Calculator/Add was not started within the 0 ms that its caller allowed.","",0,true]""", Compact(result, "late"));
        Assert.Equal(9, result.GetProperty("headed").GetInt32());
        Assert.Equal("""[[2,"trace","7"],[3,"cost","1"],[3,"tenant","größe"]]""", Compact(result, "headers"));
        Assert.StartsWith(
            """[8,"The headers of Calculator/Add have 20,011 bytes; the receiver accepts at most 16,384""", Compact(result, "tooMuch"));
        await server.Calculator.Cancelled.WaitAsync(Patience.Limit);
    }

    private static string Compact(JsonElement result, string name) =>
        JsonSerializer.Serialize(result.GetProperty(name), JsonOptions.Plain);

    private static class JsonOptions
    {
        public static JsonSerializerOptions Plain { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    }
}
