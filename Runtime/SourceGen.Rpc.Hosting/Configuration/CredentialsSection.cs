namespace SourceGen.Rpc.Hosting.Configuration;

/// <summary>What each key of a client's section <c>Credentials</c> sets. No mistake that it reports quotes a token.</summary>
internal static class CredentialsSection
{
    /// <summary>Reads a section into a client's options.</summary>
    public static void Read(SectionReader reader, RpcClientOptions options)
    {
        string? token = null;
        string? path = null;
        bool perCall = false;
        reader.Text("BearerToken", value => token = value);
        reader.Text("BearerTokenFile", value => path = value);
        reader.Switch("PerCall", value => perCall = value);
        if (token is null == path is null)
        {
            reader.Complain("Set BearerToken, or BearerTokenFile for a token that is read anew whenever one is needed; one of the two.");
            return;
        }

        try
        {
            RpcCredentials credentials = token is not null ? RpcCredentials.Bearer(token) : FromFile(path!);
            options.Credentials = perCall ? credentials.PerCall() : credentials;
        }
        catch (ArgumentException e)
        {
            reader.Complain($"The token cannot be used: {e.Message}");
        }
    }

    private static RpcCredentials FromFile(string path) => RpcCredentials.Bearer(
        async cancellationToken => (await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)).Trim());
}
