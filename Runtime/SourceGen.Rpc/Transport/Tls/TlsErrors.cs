namespace SourceGen.Rpc.Transport.Tls;

/// <summary>Finds the words in the errors of the framework's TLS.</summary>
internal static class TlsErrors
{
    /// <summary>The message of the innermost error, which alone says what happened: those around it say to look at it.</summary>
    public static string Innermost(Exception error)
    {
        while (error.InnerException is { } inner) error = inner;
        return error.Message;
    }
}
