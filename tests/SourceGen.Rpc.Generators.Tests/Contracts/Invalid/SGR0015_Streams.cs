using System.Threading.Channels;

[Service]
public partial interface IGreeter
{
    ValueTask<IAsyncEnumerable<int>> A(Holder holder);

    ValueTask B(IAsyncEnumerable<int> numbers, IAsyncEnumerable<int> more);

    ValueTask C(List<IAsyncEnumerable<int>> lists);

    [OneWay]
    ValueTask D(IAsyncEnumerable<int> numbers);

    ValueTask E(ChannelReader<int> numbers);

    IAsyncEnumerator<int> F();

    IAsyncEnumerable<IAsyncEnumerable<int>> G();

    IAsyncEnumerable<int> Fine(IAsyncEnumerable<int> numbers);
}

public record Holder(IAsyncEnumerable<int> Numbers);
