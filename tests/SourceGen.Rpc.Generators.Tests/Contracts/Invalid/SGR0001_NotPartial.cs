[Service]
public interface IGreeter
{
    ValueTask HelloAsync();
}
