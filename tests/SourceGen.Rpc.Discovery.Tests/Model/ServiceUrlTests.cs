using FsCheck;

namespace SourceGen.Rpc.Discovery.Tests.Model;

public sealed class ServiceUrlTests
{
    [Fact]
    public void DubbosUrlsAreReadAndWritten()
    {
        const string Text = "dubbo://admin:secret@10.20.30.40:20880/com.foo.BarService?application=demo&default.timeout=1000"
            + "&group=blue&interface=com.foo.BarService&methods=findPerson,getCity&side=provider&timestamp=1700000000000&version=1.0.0";
        ServiceUrl url = ServiceUrl.Parse(Text);
        Assert.Equal(("dubbo", "10.20.30.40", 20880, "com.foo.BarService"), (url.Scheme, url.Host, url.Port, url.Path));
        Assert.Equal(("admin", "secret"), (url.UserName, url.Password));
        Assert.Equal("blue/com.foo.BarService:1.0.0", url.ServiceKey);
        Assert.Equal(("providers", true, true), (url.Category, url.IsDynamic, url.IsChecked));
        Assert.Equal(Text, url.ToString());
        Assert.Equal(url, ServiceUrl.Parse(url.ToString()));
    }

    [Fact]
    public void ParametersInAnotherOrderMakeTheSameUrlAndAnotherValueAnotherOne()
    {
        ServiceUrl url = ServiceUrl.Parse("tcp://h:1/S?a=1&b=2");
        Assert.Equal(url, ServiceUrl.Parse("tcp://h:1/S?b=2&a=1"));
        Assert.Equal(url.GetHashCode(), ServiceUrl.Parse("tcp://h:1/S?b=2&a=1").GetHashCode());
        Assert.NotEqual(url, ServiceUrl.Parse("tcp://h:1/S?a=1&b=3"));
        Assert.NotEqual(url, ServiceUrl.Parse("tcp://h:2/S?a=1&b=2"));
    }

    [Fact]
    public void AMethodsParameterGoesBeforeTheServices()
    {
        ServiceUrl url = ServiceUrl.Parse("tcp://h:1/S?timeout=1000&methods.Find.timeout=50");
        Assert.Equal("50", url.GetMethodParameter("Find", "timeout"));
        Assert.Equal("1000", url.GetMethodParameter("Get", "timeout"));
        Assert.Null(url.GetMethodParameter("Get", "retries"));
    }

    [Theory]
    [InlineData("consumer://c/S", true)]
    [InlineData("consumer://c/*", true)]
    [InlineData("consumer://c/S?version=*&group=*", true)]
    [InlineData("consumer://c/S?version=1", false)]
    [InlineData("consumer://c/S?group=g", false)]
    [InlineData("consumer://c/T", false)]
    public void ConditionsSelect(string condition, bool expected) =>
        Assert.Equal(expected, ServiceUrl.Parse(condition).Selects(new ServiceRecord("S")));

    [Theory]
    [InlineData("no scheme")]
    [InlineData("://h:1/S")]
    [InlineData("tcp://h:port/S")]
    [InlineData("tcp://h:70000/S")]
    public void WhatIsNoUrlIsRefusedWithItsText(string text) =>
        Assert.Contains(text, Assert.Throws<FormatException>(() => ServiceUrl.Parse(text)).Message);

    [Fact]
    public void WhateverIsInAUrlSurvivesItsText() => Prop.ForAll<string[], KeyValuePair<string, string>[]>(
        static (texts, parameters) =>
        {
            ServiceUrl url = new("tcp", "10.0.0.1", 5000, Valid(texts.ElementAtOrDefault(0)))
            {
                UserName = Valid(texts.ElementAtOrDefault(1)),
                Password = Valid(texts.ElementAtOrDefault(2)),
                Parameters = ServiceMetadata.Create(parameters
                    .Where(static pair => Valid(pair.Key).Length > 0)
                    .Select(static pair => KeyValuePair.Create(Valid(pair.Key), Valid(pair.Value)))),
            };
            return url.Equals(ServiceUrl.Parse(url.ToString()));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void ARecordSurvivesAsAUrl()
    {
        ServiceRecord record = new("Shop.Greeter", "2.0")
        {
            Metadata = ServiceMetadata.Create([new("group", "blue"), new("owner", "team a&b")]),
            Endpoints = [new ServiceEndpoint("Hello"), new ServiceEndpoint("Bye")],
            Nodes =
            [
                new ServiceNode("n-1", "tcp://10.0.0.1:5000") { Metadata = ServiceMetadata.Create([new("weight", "7"), new("note", "50% ?=&#/ö")]) },
                new ServiceNode("n-2", "tcp://[2001:db8::1]:5000"),
                new ServiceNode("n-3", "unix:///run/greeter.sock"),
                new ServiceNode("n-4", "10.0.0.2:5000"),
            ],
        };
        Assert.Equal(
            record,
            Assert.Single(ServiceRecord.Merge(record.Nodes.Select(node => ServiceUrl.Parse(record.ToUrl(node).ToString()).ToRecord()))));
    }

    [Fact]
    public void AUrlSurvivesAsARecord()
    {
        ServiceUrl url = ServiceUrl.Parse(
            "dubbo://10.0.0.1:20880/com.foo.Bar?application=demo&dynamic=false&group=g&interface=com.foo.Bar&methods=a,b&version=1.0");
        ServiceRecord record = url.ToRecord();
        Assert.Equal("dubbo://10.0.0.1:20880", record.Nodes[0].Address);
        Assert.Equal(url, record.ToUrl(record.Nodes[0], new RegisterOptions { IsPersistent = true }));
        Assert.NotEqual(record.Nodes[0].Id, url.With("weight", "5").ToRecord().Nodes[0].Id);
    }

    /// <summary>Without lone surrogates, which no UTF-8 text can hold.</summary>
    private static string Valid(string? text) => new([.. (text ?? "").Where(static c => !char.IsSurrogate(c))]);
}
