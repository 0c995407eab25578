using SourceGen.Rpc;

namespace Quickstart;

/// <summary>
/// The contract. This interface and the records below are all that client and server share; the source generator completes it
/// with the client proxy, the server dispatcher and the serializers.
/// </summary>
[Service]
public partial interface ITextAnalysis
{
    /// <summary>Counts the lines and words of a whole text.</summary>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.InvalidArgument"/>: the language is not known; <see cref="RpcStatusCode.ResourceExhausted"/>: the text is
    /// too long.
    /// </exception>
    [Method(Idempotent = true, TimeoutMs = 30_000)]
    ValueTask<TextReport> AnalyzeAsync(Document document, CancellationToken cancellationToken = default);

    /// <summary>Counts the words of one line.</summary>
    [Method(Idempotent = true)]
    ValueTask<int> CountWordsAsync(string line);

    /// <summary>Leaves a remark in the server's log. Nobody waits for an answer.</summary>
    [OneWay]
    ValueTask RemarkAsync(string remark);
}

/// <summary>A text to analyze.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Language">Its language, which decides the words that say nothing about it: <c>en</c>, <c>de</c>, or <c>none</c>.</param>
/// <param name="Text">The text.</param>
public sealed record Document(string Name, string Language, string Text);

/// <summary>What was found in a text.</summary>
/// <param name="Lines">Lines, the empty ones too.</param>
/// <param name="Words">Words.</param>
/// <param name="Distinct">Every word with its count, most frequent first.</param>
/// <param name="TopWord">The most frequent word that says something; null when there is none.</param>
public sealed record TextReport(int Lines, int Words, List<WordCount> Distinct, WordCount? TopWord);

/// <summary>How often a word occurs.</summary>
/// <param name="Word">The word, in lower case.</param>
/// <param name="Count">How often.</param>
/// <param name="Common">Whether it belongs to the words that say nothing about a text.</param>
public sealed record WordCount(string Word, int Count, bool Common);
