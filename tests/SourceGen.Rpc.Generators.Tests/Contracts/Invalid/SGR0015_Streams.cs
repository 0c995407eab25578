[Service]
public partial interface IGreeter
{
    IAsyncEnumerable<int> A();

    ValueTask B(IAsyncEnumerable<int> numbers);

    ValueTask<IAsyncEnumerable<int>> C(Holder holder);
}

public record Holder(IAsyncEnumerable<int> Numbers);
