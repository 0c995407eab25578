#nullable disable
namespace Oblivious;

[Service]
public partial interface IOblivious
{
    ValueTask<string> M(string a, List<string> b, Item item);

#nullable enable
    ValueTask<string?> N(List<string?> a, List<string> b, List<string>? c, Dictionary<string, string?[]> d, Item<string> e, Item<string?> f);
#nullable disable
}

public record Item(string Name, List<string> Names);

#nullable enable
public record Item<T>(T? Value, T Other)
    where T : class?;
