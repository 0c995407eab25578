namespace SourceGen.Rpc.Benchmarks.Micro.Engine;

/// <summary>What the engine benchmarks call.</summary>
[Service]
public partial interface IEngineContract
{
    ValueTask<int> AddAsync(int a, int b);

    ValueTask<Message> EchoAsync(Message message);
}

/// <summary>The message of the load test.</summary>
public sealed class Message
{
    [Key(0)]
    public int Id { get; set; }

    [Key(1)]
    public string Name { get; set; } = "";

    [Key(2)]
    public byte[] Payload { get; set; } = [];
}

/// <summary>Answers at once.</summary>
public sealed class EngineService : IEngineContract
{
    public ValueTask<int> AddAsync(int a, int b) => new(a + b);

    public ValueTask<Message> EchoAsync(Message message) => new(message);
}
