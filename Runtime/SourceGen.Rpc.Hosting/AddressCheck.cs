namespace SourceGen.Rpc.Hosting;

/// <summary>Checks addresses before anything listens or connects.</summary>
internal static class AddressCheck
{
    /// <summary>Adds what is wrong with an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="what">What it is, at the beginning of a sentence.</param>
    /// <param name="transports">Those that may serve it.</param>
    /// <param name="connecting">Whether it is an address to connect to.</param>
    /// <param name="mistakes">Where mistakes go.</param>
    public static void Check(string address, string what, IEnumerable<ITransport> transports, bool connecting, ICollection<string> mistakes)
    {
        try
        {
            RpcAddress parsed = RpcAddress.Parse(address);
            ITransport transport = new TransportRegistry(transports).Get(parsed);
            if (connecting) transport.CheckAddress(parsed);
        }
        catch (Exception e) when (e is FormatException or NotSupportedException or ArgumentException)
        {
            mistakes.Add($"{what} is wrong: {e.Message}");
        }
    }
}
