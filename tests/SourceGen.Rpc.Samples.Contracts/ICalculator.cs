namespace SourceGen.Rpc.Samples.Contracts;

/// <summary>The service of the examples in docs/wire-protocol.md. Changing it changes the bytes that are printed there.</summary>
[Service(Name = "Calculator")]
public partial interface ICalculator
{
    [Method(Idempotent = true)]
    ValueTask<int> AddAsync(int a, int b);

    ValueTask<int> DivideAsync(int a, int b);

    ValueTask<byte[]> EchoAsync(byte[] data);

    [OneWay]
    ValueTask NoteAsync(string text);

    ValueTask<List<string>> NotesAsync();

    ValueTask WaitAsync(CancellationToken cancellationToken);
}
