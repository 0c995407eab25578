namespace SourceGen.Rpc.Hosting;

/// <summary>
/// The names that users give to servers and clients: they stand in configuration paths and in the keys of injected services.
/// </summary>
internal static class RegistrationName
{
    /// <summary>Checks a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="addressAdvice">What to write instead when the name is an address.</param>
    /// <exception cref="ArgumentException">It is empty or holds a colon.</exception>
    public static void Check(string name, string addressAdvice)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (RpcAddress.TryParse(name, out _))
        {
            throw new ArgumentException($"'{name}' is an address, not a name; {addressAdvice}", nameof(name));
        }

        if (name.Contains(':'))
        {
            throw new ArgumentException(
                $"'{name}' is not a name: a colon separates the parts of a configuration path. Leave it out.", nameof(name));
        }
    }
}
