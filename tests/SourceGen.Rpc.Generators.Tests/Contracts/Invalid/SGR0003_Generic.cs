[Service]
public partial interface IGreeter<T>
{
    ValueTask HelloAsync(T value);
}
