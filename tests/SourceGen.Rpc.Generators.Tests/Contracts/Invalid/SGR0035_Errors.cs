[Service]
[Throws<AbstractException>]
public partial interface IOnService
{
    ValueTask AAsync();

    ValueTask BAsync();
}

[Service]
public partial interface IOnMethods
{
    [Throws<Exception>]
    ValueTask AnyAsync();

    [Throws<InvalidOperationException>]
    ValueTask SystemAsync();

    [Throws<RpcException>]
    ValueTask RpcAsync();

    [Throws<string>]
    ValueTask TextAsync();

    [Throws<int[]>]
    ValueTask ArrayAsync();

    [Throws<DayOfWeek>]
    ValueTask EnumAsync();

    [Throws<NoConstructorException>]
    ValueTask NoConstructorAsync();

    [Throws<PrivateConstructorException>]
    ValueTask PrivateConstructorAsync();

    [Throws<IndexedException>]
    ValueTask IndexedAsync();

    [Throws<RequiredException>]
    ValueTask RequiredAsync();

    [Throws<NotSerializableException>]
    ValueTask NotSerializableAsync();

    [Throws<IDisposable>]
    ValueTask InterfaceAsync();

    [Throws<HiddenException>]
    ValueTask HiddenAsync();
}

public abstract class AbstractException : Exception;

public sealed class NoConstructorException(int id) : Exception($"{id}");

public sealed class PrivateConstructorException : Exception
{
    private PrivateConstructorException()
    {
    }
}

public sealed class IndexedException : Exception
{
    [Key(0)]
    public int Id { get; set; }
}

public sealed class RequiredException : Exception
{
    [IgnoreMember]
    public required int Id { get; set; }
}

public sealed class NotSerializableException : Exception
{
    public object? Anything { get; set; }
}

file sealed class HiddenException : Exception;
