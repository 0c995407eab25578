public interface IBase
{
    int Count { get; }
}

[Service]
public partial interface IGreeter : IBase, IDisposable
{
    ValueTask HelloAsync();
}
