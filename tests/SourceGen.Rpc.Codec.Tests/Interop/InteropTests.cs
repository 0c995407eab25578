using System.Text.Json.Nodes;
using SourceGen.Rpc.Codec.Tests.Support;

namespace SourceGen.Rpc.Codec.Tests.Interop;

/// <summary>Conformance 11: what one implementation writes the others read, in both directions.</summary>
public sealed class InteropTests(Peers peers) : IClassFixture<Peers>
{
    public static TheoryData<string, string> ReadByPeers => Cases(_ => true);

    public static TheoryData<string, string> WrittenByPeers => Cases(@case => !@case.NotWrittenByJavaScript);

    [Theory]
    [MemberData(nameof(ReadByPeers))]
    public void C11_WhatDotNetWrites_ThePeerReads(string peer, string name)
    {
        InteropCase @case = Case(name);
        string expected = (peer == "javascript" ? @case.InJavaScript : null) ?? @case.Canonical;
        string answer = peers.Read(peer, @case);
        Assert.True(IsJson(answer), answer);
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(answer)),
            $"Expected {Short(expected)} but {peer} read {Short(answer)}");
    }

    [Theory]
    [MemberData(nameof(WrittenByPeers))]
    public void C11_WhatThePeerWrites_DotNetReads(string peer, string name)
    {
        string answer = peers.Written(peer, Case(name));
        Assert.True(answer.All(char.IsAsciiHexDigitLower), answer);
        Case(name).AssertReads(WireBytes.Hex(answer));
    }

    private static InteropCase Case(string name) => InteropCase.All.Single(c => c.Name == name);

    private static TheoryData<string, string> Cases(Func<InteropCase, bool> byJavaScript)
    {
        TheoryData<string, string> cases = [];
        foreach (InteropCase @case in InteropCase.All)
        {
            cases.Add("python", @case.Name);
            if (byJavaScript(@case)) cases.Add("javascript", @case.Name);
        }

        return cases;
    }

    // An error's text is none, and says more than a parser's complaint about it.
    private static bool IsJson(string answer) => answer is ['[' or '{', ..] or "null" or "true" or "false";

    private static string Short(string text) => text.Length <= 200 ? text : text[..200] + "...";
}
