[Service]
file partial interface IGreeter
{
    ValueTask HelloAsync();
}
