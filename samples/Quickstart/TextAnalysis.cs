using SourceGen.Rpc;

namespace Quickstart;

/// <summary>The service: a plain class. One object serves all calls, of which many run at once.</summary>
/// <param name="remarks">Where remarks of clients go.</param>
public sealed class TextAnalysis(Action<string> remarks) : ITextAnalysis
{
    /// <summary>The longest text that is analyzed, in characters.</summary>
    public const int MaxLength = 2_000_000;

    /// <inheritdoc/>
    public ValueTask<TextReport> AnalyzeAsync(Document document, CancellationToken cancellationToken = default)
    {
        // An RpcException reaches the caller as it is thrown here, with code, message and id.
        if (!CommonWords.ByLanguage.TryGetValue(document.Language, out HashSet<string>? common))
        {
            throw new RpcException(
                RpcStatusCode.InvalidArgument,
                $"'{document.Name}' is said to be in the language '{document.Language}'; this server knows {string.Join(", ", CommonWords.ByLanguage.Keys.Order())}.",
                id: "text.unknown-language",
                status: 422);
        }

        if (document.Text.Length > MaxLength)
        {
            throw new RpcException(
                RpcStatusCode.ResourceExhausted,
                $"'{document.Name}' has {document.Text.Length:N0} characters; this server analyzes at most {MaxLength:N0}.",
                id: "text.too-long",
                status: 413);
        }

        return new(Analyze(document.Text, common, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<int> CountWordsAsync(string line) => new(Words.Count(line));

    /// <inheritdoc/>
    public ValueTask RemarkAsync(string remark)
    {
        remarks(remark);
        return default;
    }

    private static TextReport Analyze(string text, HashSet<string> common, CancellationToken cancellationToken)
    {
        Dictionary<string, int> counts = [];
        int lines = 0;
        int words = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            cancellationToken.ThrowIfCancellationRequested();
            lines++;
            foreach (ReadOnlySpan<char> word in Words.In(line))
            {
                words++;
                string key = word.ToString().ToLowerInvariant();
                counts[key] = counts.GetValueOrDefault(key) + 1;
            }
        }

        if (text.Length == 0 || text.EndsWith('\n')) lines--; // What follows the last line end is not a line.
        List<WordCount> distinct =
        [
            .. counts.Select(entry => new WordCount(entry.Key, entry.Value, common.Contains(entry.Key) || entry.Key.Length < 2))
                .OrderByDescending(entry => entry.Count)
                .ThenBy(entry => entry.Word, StringComparer.Ordinal),
        ];
        return new TextReport(lines, words, distinct, distinct.Find(entry => !entry.Common));
    }
}
