namespace SourceGen.Rpc.Load;

/// <summary>Sends one message over and over, with a new Id each time. A call encodes it before it returns, so reusing it is safe.</summary>
internal struct EchoOperation(ILoadService service, int caller, int payload) : ICallOperation<EchoMessage>
{
    private readonly EchoMessage _message = LoadData.CreateMessage(payload);
    private int _next = LoadData.FirstNumber + (caller << 20);

    public ValueTask<EchoMessage> Start()
    {
        _message.Id = LoadData.FirstNumber + (_next++ & 0x3FFFFFFF);
        return service.EchoAsync(_message);
    }

    // Comparing every byte of a payload would be measured too; its length and last byte find what framing can get wrong.
    public readonly bool Finish(EchoMessage result) =>
        result.Id == _message.Id && result.Name.Length == _message.Name.Length
        && result.Payload.Length == _message.Payload.Length && result.Payload[^1] == _message.Payload[^1]
            ? true
            : throw new LoadException(
                $"EchoAsync returned message {result.Id} with {result.Payload.Length} bytes instead of message {_message.Id} " +
                $"with {_message.Payload.Length}: replies are mixed up.");
}
