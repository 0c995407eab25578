[Service]
[Throws<NoPaperException>]
public partial interface IPrinter
{
    [OneWay, Throws<NoPaperException>]
    ValueTask PrintAsync(string line);

    [OneWay]
    ValueTask FeedAsync();
}

public sealed class NoPaperException : Exception;
