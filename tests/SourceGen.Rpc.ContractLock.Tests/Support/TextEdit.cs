namespace SourceGen.Rpc.ContractLock.Tests;

/// <summary>An edit of a source or a lock.</summary>
internal static class TextEdit
{
    /// <summary>Replaces what has to be there, or the test would prove nothing.</summary>
    public static string Edit(this string text, string before, string after)
    {
        Assert.Contains(before, text, StringComparison.Ordinal);
        return text.Replace(before, after, StringComparison.Ordinal);
    }
}
