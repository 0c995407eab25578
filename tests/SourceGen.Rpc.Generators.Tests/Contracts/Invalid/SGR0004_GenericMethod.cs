[Service]
public partial interface IGreeter
{
    ValueTask<T> HelloAsync<T>(T value);
}
