[Service]
public partial interface IGreeter
{
    int Count { get; }

    string this[int index] { get; set; }

    event EventHandler Changed;

    ValueTask HelloAsync();
}
