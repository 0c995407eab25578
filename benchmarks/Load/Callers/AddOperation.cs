namespace SourceGen.Rpc.Load;

/// <summary>Adds two numbers, other ones with every call.</summary>
internal struct AddOperation(ILoadService service, int caller) : ICallOperation<int>
{
    private readonly int _a = LoadData.FirstNumber + caller;
    private int _b = LoadData.FirstNumber;

    public ValueTask<int> Start()
    {
        // Wraps long before the sum overflows, and stays at 5 bytes.
        _b = LoadData.FirstNumber + ((_b + 1) & 0x3FFFFFF);
        return service.AddAsync(_a, _b);
    }

    public readonly bool Finish(int result) =>
        result == _a + _b
            ? true
            : throw new LoadException($"AddAsync({_a}, {_b}) returned {result} instead of {_a + _b}: replies are mixed up.");
}
