namespace SourceGen.Rpc.BuiltIn.Tests.Dynamic;

/// <summary>A service before a change.</summary>
[Service(Name = "Tests.Growing")]
internal partial interface IEchoV1
{
    ValueTask<string> SayAsync(string text);
}

/// <summary>The same service afterwards: a method before the old one, and a parameter with a default.</summary>
[Service(Name = "Tests.Growing")]
internal partial interface IEchoV2
{
    ValueTask<int> AddedAsync();

    ValueTask<string> SayAsync(string text, string how = "once");
}

internal sealed class EchoV1 : IEchoV1
{
    public ValueTask<string> SayAsync(string text) => new(text);
}

internal sealed class EchoV2 : IEchoV2
{
    public ValueTask<int> AddedAsync() => new(0);

    public ValueTask<string> SayAsync(string text, string how = "once") => new($"{text} {how}");
}
