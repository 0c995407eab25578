namespace SourceGen.Rpc.Hosting.Configuration;

/// <summary>Guesses which word a misspelt one was meant to be.</summary>
internal static class Spelling
{
    /// <summary>Finds the word that is at most two edits, and less than half its length, away.</summary>
    /// <returns>The nearest word; null when none is near.</returns>
    public static string? FindNearest(string text, IEnumerable<string> words)
    {
        string? nearest = null;
        int best = 3;
        foreach (string word in words)
        {
            int distance = Distance(text.ToUpperInvariant(), word.ToUpperInvariant());
            if (distance >= best || distance * 2 >= word.Length) continue;
            best = distance;
            nearest = word;
        }

        return nearest;
    }

    /// <summary>Levenshtein's distance, by one row of the table at a time.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
