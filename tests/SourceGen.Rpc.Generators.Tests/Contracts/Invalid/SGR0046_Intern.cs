[Service]
public partial interface IGreeter
{
    ValueTask A([Intern] int a, Tags b, [Intern] IAsyncEnumerable<string> c);

    ValueTask B([Intern] string? good);
}

public record Tags([Intern] List<string> Values, [Intern] string Good);
