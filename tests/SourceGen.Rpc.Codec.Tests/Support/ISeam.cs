namespace SourceGen.Rpc.Codec.Tests.Support;

/// <summary>A contract that is generated once and runs on both codecs.</summary>
[Service]
public partial interface ISeam
{
    ValueTask<List<Parcel>> PackAsync(Parcel? first, Dictionary<string, int> counts, string label = "none", int? limit = 7);
}

public sealed record Parcel(string Name, decimal Price, DateTimeOffset At, byte[]? Content);
