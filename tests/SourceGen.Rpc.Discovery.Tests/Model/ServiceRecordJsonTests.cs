using System.Text;

namespace SourceGen.Rpc.Discovery.Tests.Model;

public sealed class ServiceRecordJsonTests
{
    private const string GoMicro = """
        {"name":"greeter","version":"latest","metadata":null,"endpoints":[],"nodes":[{"metadata":{"protocol":"mucp"},"id":"greeter-1","address":"10.0.0.1:8080"}]}
        """;

    private static readonly ServiceRecord s_full = new("Shop.Grüßer", "1.0")
    {
        Metadata = ServiceMetadata.Empty.With("owner", "\"quoted\" \\ and \u0001 and 😀"),
        Endpoints =
        [
            new ServiceEndpoint("Hello")
            {
                Request = new ServiceValue("Hello", "request") { Values = [new ServiceValue("name", "string"), new ServiceValue("times", "int32?")] },
                Response = new ServiceValue("Hello", "\"Shop.Greeting\""),
                Metadata = ServiceMetadata.Empty.With("stream", "true"),
            },
        ],
        Nodes = [new ServiceNode("n-1", "tcp://10.0.0.1:5000") { Metadata = ServiceMetadata.Empty.With("weight", "7") }],
    };

    [Theory]
    [InlineData(RecordLayout.Default)]
    [InlineData(RecordLayout.GoMicro)]
    public void RecordsSurvive(RecordLayout layout)
    {
        foreach (ServiceRecord record in (ServiceRecord[])[s_full, new ServiceRecord("empty")])
        {
            Assert.True(ServiceRecordJson.TryRead(ServiceRecordJson.Write(record, layout), out ServiceRecord? read, out string? error), error);
            Assert.Equal(record, read);
        }
    }

    [Fact]
    public void C33_GoMicrosRecordIsReadAndWritten()
    {
        Assert.True(ServiceRecordJson.TryRead(Encoding.UTF8.GetBytes(GoMicro), out ServiceRecord? record, out string? error), error);
        ServiceNode node = Assert.Single(record.Nodes);
        Assert.Equal(("greeter", "latest", "greeter-1", "10.0.0.1:8080", "mucp"), (record.Name, record.Version, node.Id, node.Address, node.Metadata["protocol"]));
        Assert.Equal("tcp://10.0.0.1:8080", node.GetRpcAddress().ToString());
        string written = Encoding.UTF8.GetString(ServiceRecordJson.Write(record, RecordLayout.GoMicro));
        Assert.Equal(
            """{"name":"greeter","version":"latest","metadata":null,"endpoints":[],"nodes":[{"id":"greeter-1","address":"10.0.0.1:8080","metadata":{"protocol":"mucp"}}]}""",
            written);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"name":1}""")]
    [InlineData("""{"name":"a","nodes":{}}""")]
    [InlineData("""{"name":"a","nodes":[1]}""")]
    [InlineData("""{"name":"a","nodes":[{"id":"x"}]}""")]
    [InlineData("""{"name":"a","metadata":{"x":1}}""")]
    [InlineData("""{"name":"a","endpoints":[{"name":"e","request":[]}]}""")]
    [InlineData("""{"name":"\ud800"}""")]
    public void WhatIsNoRecordIsRefusedWithAReason(string text)
    {
        Assert.False(ServiceRecordJson.TryRead(Encoding.UTF8.GetBytes(text), out _, out string? error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void HostileTextEndsInAReason()
    {
        byte[] deep = Encoding.UTF8.GetBytes("""{"name":"a","endpoints":[{"name":"e","request":""" + string.Concat(Enumerable.Repeat("""{"values":[""", 100_000)));
        Assert.False(ServiceRecordJson.TryRead(deep, out _, out _));
        Assert.False(ServiceRecordJson.TryRead(new byte[ServiceRecordJson.MaxLength + 1], out _, out string? error));
        Assert.Contains("1,048,576", error);
        byte[] valid = ServiceRecordJson.Write(s_full);
        for (int length = 0; length < valid.Length; length++) Assert.False(ServiceRecordJson.TryRead(valid.AsMemory(0, length), out _, out _));
        Random random = new(7);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] broken = (byte[])valid.Clone();
            for (int k = random.Next(1, 4); k > 0; k--) broken[random.Next(broken.Length)] = (byte)random.Next(256);
            if (!ServiceRecordJson.TryRead(broken, out ServiceRecord? record, out string? reason)) Assert.NotEmpty(reason);
            else Assert.NotNull(record.Name);
        }
    }
}
