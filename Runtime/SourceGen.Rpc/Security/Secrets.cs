namespace SourceGen.Rpc.Security;

/// <summary>Credentials in texts: only that there is one.</summary>
internal static class Secrets
{
    /// <summary>The longest credential that is read, in characters.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>The header of a call that carries a credential.</summary>
    public const string HeaderName = "authorization";

    /// <summary>What stands in place of a secret.</summary>
    public const string Hidden = "(hidden)";

    /// <summary>Says whether there is a credential.</summary>
    public static string Describe(string? credential) => credential is null ? "without a credential" : "with a credential";

    /// <summary>Whether a header's value is not to be shown.</summary>
    public static bool IsSecret(string headerName) =>
        headerName.Equals(HeaderName, StringComparison.OrdinalIgnoreCase)
        || headerName.Equals("proxy-authorization", StringComparison.OrdinalIgnoreCase)
        || headerName.Equals("cookie", StringComparison.OrdinalIgnoreCase)
        || headerName.Equals("set-cookie", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The text of an exception that came up while a credential was judged, for the log. Libraries quote what they cannot parse: a text
    /// that holds the credential, or the part behind its scheme, is not shown.
    /// </summary>
    public static string TextOf(Exception error, string? credential)
    {
        string text;
        try
        {
            text = error.ToString();
        }
        catch (Exception e)
        {
            return $"{error.GetType()}, whose text cannot be read: {e.GetType()}";
        }

        return IsQuoted(text, credential) ? $"{error.GetType()}; its text holds the credential and is left out" : text;
    }

    /// <summary>Whether a text holds a credential, or the part behind its scheme.</summary>
    public static bool IsQuoted(string text, string? credential)
    {
        if (credential is null) return false;
        ReadOnlySpan<char> secret = credential.AsSpan(credential.IndexOf(' ') + 1).Trim();
        return !secret.IsEmpty && text.AsSpan().Contains(secret, StringComparison.Ordinal);
    }
}
