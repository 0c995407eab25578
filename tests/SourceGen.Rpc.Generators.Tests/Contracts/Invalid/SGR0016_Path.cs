namespace Shop;

[Service]
public partial interface IGreeter
{
    ValueTask<List<Person>> Hello(Person person);
}

public record Person(string Name, Address Address);

public record Address(string Street, Dictionary<string, System.Net.Sockets.Socket[]> Socket);
