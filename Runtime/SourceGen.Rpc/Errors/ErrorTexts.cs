namespace SourceGen.Rpc.Errors;

/// <summary>Texts of exceptions of the user's, whose properties are the user's code and may throw themselves.</summary>
internal static class ErrorTexts
{
    /// <summary>The message.</summary>
    public static string MessageOf(Exception error) => Read(error, static error => error.Message);

    /// <summary>Everything, with the stack.</summary>
    public static string AllOf(Exception error) => Read(error, static error => error.ToString());

    private static string Read(Exception error, Func<Exception, string> read)
    {
        try
        {
            return read(error);
        }
        catch (Exception e)
        {
            return $"{error.GetType()}, whose text cannot be read: {e.GetType()}";
        }
    }
}
