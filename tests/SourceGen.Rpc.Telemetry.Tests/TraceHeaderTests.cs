namespace SourceGen.Rpc.Telemetry.Tests;

/// <summary>What is taken for a trace, and what is not.</summary>
public sealed class TraceHeaderTests
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string Span = "00f067aa0ba902b7";
    private const string Good = $"00-{Trace}-{Span}-01";

    [Fact]
    public void A_parent_is_read_with_its_state()
    {
        RpcHeaders headers = Headers(("TraceParent", Good), ("tracestate", "one=1"), ("tracestate", "two=2"));
        Assert.True(TraceHeaders.TryRead(headers, out ActivityContext parent));
        Assert.Equal((Trace, Span), (parent.TraceId.ToString(), parent.SpanId.ToString()));
        Assert.Equal((ActivityTraceFlags.Recorded, "one=1,two=2", true), (parent.TraceFlags, parent.TraceState, parent.IsRemote));
    }

    [Theory]
    [InlineData("00", ActivityTraceFlags.None)]
    [InlineData("fe", ActivityTraceFlags.None)]
    [InlineData("ff", ActivityTraceFlags.Recorded)]
    public void Of_the_flags_only_the_first_counts(string flags, ActivityTraceFlags expected)
    {
        Assert.True(TraceHeaders.TryRead(Headers(("traceparent", $"00-{Trace}-{Span}-{flags}")), out ActivityContext parent));
        Assert.Equal(expected, parent.TraceFlags);
    }

    [Fact]
    public void A_later_version_may_have_more()
    {
        RpcHeaders headers = Headers(("traceparent", $"cc-{Trace}-{Span}-01-what-the-future-brings"));
        Assert.True(TraceHeaders.TryRead(headers, out ActivityContext parent));
        Assert.Equal(Trace, parent.TraceId.ToString());
        Assert.True(TraceHeaders.TryRead(Headers(("traceparent", $"cc-{Trace}-{Span}-01")), out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData(Good + "-more")]
    [InlineData(Good + " ")]
    [InlineData(" " + Good)]
    [InlineData($"cc-{Trace}-{Span}-01.more")]
    [InlineData($"ff-{Trace}-{Span}-01")]
    [InlineData($"0g-{Trace}-{Span}-01")]
    [InlineData($"00-00000000000000000000000000000000-{Span}-01")]
    [InlineData($"00-{Trace}-0000000000000000-01")]
    [InlineData($"00-4BF92F3577B34DA6A3CE929D0E0E4736-{Span}-01")]
    [InlineData($"00-{Trace}-{Span}-0x")]
    [InlineData($"00_{Trace}-{Span}-01")]
    [InlineData($"00-{Trace}_{Span}-01")]
    [InlineData($"00-{Trace}-{Span}_01")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e473é-00f067aa0ba902b7-01")]
    public void What_is_malformed_is_no_parent(string parent)
    {
        Assert.False(TraceHeaders.TryRead(Headers(("traceparent", parent)), out ActivityContext read));
        Assert.Equal(default, read);
    }

    [Fact]
    public void What_is_too_long_or_there_twice_is_no_parent()
    {
        Assert.False(TraceHeaders.TryRead(Headers(("traceparent", $"cc-{Trace}-{Span}-01-{new string('x', 100_000)}")), out _));
        Assert.False(TraceHeaders.TryRead(Headers(("traceparent", Good), ("traceparent", Good)), out _));
        Assert.False(TraceHeaders.TryRead(RpcHeaders.Empty, out _));
        Assert.False(TraceHeaders.TryRead(null, out _));
    }

    [Theory]
    [InlineData("no-value")]
    [InlineData("=1")]
    [InlineData("a=")]
    [InlineData(",")]
    [InlineData("größe=1")]
    public void A_malformed_state_is_left_out_and_the_parent_stays(string state)
    {
        Assert.True(TraceHeaders.TryRead(Headers(("traceparent", Good), ("tracestate", state)), out ActivityContext parent));
        Assert.Null(parent.TraceState);
    }

    [Fact]
    public void A_state_that_is_too_long_is_left_out_too()
    {
        string most = $"a={new string('x', 510)}";
        Assert.True(TraceHeaders.TryRead(Headers(("traceparent", Good), ("tracestate", most)), out ActivityContext parent));
        Assert.Equal(most, parent.TraceState);
        Assert.True(TraceHeaders.TryRead(Headers(("traceparent", Good), ("tracestate", most + "x")), out parent));
        Assert.Null(parent.TraceState);
        string many = string.Join(',', Enumerable.Range(0, 33).Select(static i => $"k{i}=v"));
        Assert.True(TraceHeaders.TryRead(Headers(("traceparent", Good), ("tracestate", many)), out parent));
        Assert.Null(parent.TraceState);
    }

    [Fact]
    public void What_is_written_is_read_and_a_state_that_is_none_is_not_written()
    {
        using Activity activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        activity.TraceStateString = "one=1";
        Assert.Equal((activity.Id, "one=1"), Written(activity));
        activity.TraceStateString = "line\nbreak=1";
        Assert.Equal((activity.Id, null), Written(activity));

        // One byte too few.
        int size = TraceHeaders.Add(null, activity, int.MaxValue)!.Length;
        Assert.Null(TraceHeaders.Add(null, activity, size - 1));
        Assert.NotNull(TraceHeaders.Add(null, activity, size));

        using Activity hierarchical = new Activity("test").SetIdFormat(ActivityIdFormat.Hierarchical).Start();
        Assert.Null(TraceHeaders.Add(null, hierarchical, int.MaxValue));
    }

    [Theory]
    [InlineData("tcp://127.0.0.1:5000", "127.0.0.1", 5000)]
    [InlineData("tls://[::1]:5000", "::1", 5000)]
    [InlineData("tcp://shop.example:80", "shop.example", 80)]
    [InlineData("unix:///run/shop.sock", "/run/shop.sock", null)]
    [InlineData("unix:///run/a:1", "/run/a:1", null)]
    [InlineData("memory://shop", "shop", null)]
    [InlineData("custom://::1", "::1", null)]
    [InlineData("tcp://", "", null)]
    public void An_address_is_taken_apart(string text, string address, int? port)
    {
        TelemetryEndpoint endpoint = TelemetryEndpoint.Of(RpcAddress.Parse(text));
        Assert.Equal((address, (object?)port), (endpoint.Address, endpoint.Port));
    }

    private static (string? Parent, string? State) Written(Activity activity)
    {
        byte[] block = TraceHeaders.Add(null, activity, int.MaxValue)!;
        (RpcHeaders headers, RpcHeaders _) = Wire.HeaderBlock.Decode(
            new System.Buffers.ReadOnlySequence<byte>(block), Wire.HeaderKind.Hop, Wire.HeaderKind.Baggage);
        return (headers["traceparent"], headers["tracestate"]);
    }

    private static RpcHeaders Headers(params (string Name, string Value)[] headers)
    {
        RpcHeaders all = new();
        foreach ((string name, string value) in headers) all.AddChecked(name, value);
        return all;
    }
}
