using System.Text.Json.Serialization;

namespace SourceGen.Rpc.Tests.Support;

/// <summary>The service that the engine's tests call.</summary>
[Service(Name = "Tests.Lab")]
public partial interface ILab
{
    ValueTask<int> AddAsync(int a, int b);

    /// <summary>Adds, and takes a token.</summary>
    ValueTask<int> AddCancellableAsync(int a, int b, CancellationToken ct = default);

    ValueTask<byte[]> EchoAsync(byte[] payload);

    /// <summary>Answers with so many bytes.</summary>
    ValueTask<byte[]> BlobAsync(int size);

    Task<string> GreetAsync(string name, int times = 2);

    ValueTask ResetAsync();

    Task PokeAsync();

    [OneWay]
    ValueTask NoteAsync(int value);

    /// <summary>Runs what the test put under the name.</summary>
    ValueTask<int> RunAsync(string what, CancellationToken ct = default);

    /// <summary>The same, with a time limit of its own.</summary>
    [Method(TimeoutMs = 60)]
    ValueTask<int> RunBrieflyAsync(string what, CancellationToken ct = default);

    /// <summary>Runs what the test put under the name, and takes no token and bytes.</summary>
    ValueTask<int> ConsumeAsync(string what, byte[] bytes, CancellationToken ct = default);

    /// <summary>Answers with something whose encoding is the test's.</summary>
    ValueTask<Awkward> AwkwardAsync(Awkward value);
}

/// <summary>A value that does what a test wants when it is encoded.</summary>
public sealed class Awkward
{
    private Func<int>? _read;
    private int _value;

    /// <summary>The value, or what <see cref="WhenRead"/> says.</summary>
    public int Value
    {
        get => _read is null ? _value : _read();
        set => _value = value;
    }

    /// <summary>Bytes written before the value, to make the message large.</summary>
    public byte[] Before { get; set; } = [];

    public static Awkward WhenRead(Func<int> read, int before = 0) => new() { _read = read, Before = new byte[before] };
}

[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(byte[]))]
[JsonSerializable(typeof(Awkward))]
internal sealed partial class LabJson : JsonSerializerContext;
