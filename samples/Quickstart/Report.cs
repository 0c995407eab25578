namespace Quickstart;

/// <summary>What became of one file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Report">What was found; null when the call failed.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
public sealed record FileResult(string Name, TextReport? Report, string? Error);

/// <summary>The results as an aligned table of plain text.</summary>
public static class Report
{
    private const int MaxRows = 40;
    private const int MaxName = 50;
    private const int TopWords = 10;

    /// <summary>Prints a line per file, the total and the most frequent words.</summary>
    public static void Print(IReadOnlyList<FileResult> results)
    {
        FileResult[] shown = [.. results.Take(MaxRows)];
        int width = Math.Max("10 files".Length, shown.Max(result => Shorten(result.Name).Length));
        Console.WriteLine();
        Console.WriteLine($"{"file".PadRight(width)}  {"lines",8}  {"words",9}  {"distinct",9}  top word");
        foreach (FileResult result in shown)
        {
            string name = Shorten(result.Name).PadRight(width);
            Console.WriteLine(result.Report is { } report
                ? $"{name}  {report.Lines,8:N0}  {report.Words,9:N0}  {report.Distinct.Count,9:N0}  {Show(report.TopWord)}"
                : $"{name}  {result.Error}");
        }

        if (results.Count > shown.Length) Console.WriteLine($"... and {results.Count - shown.Length:N0} more");
        PrintTotal(results, width);
    }

    private static void PrintTotal(IReadOnlyList<FileResult> results, int width)
    {
        TextReport[] reports = [.. results.Select(result => result.Report).OfType<TextReport>()];
        List<WordCount> distinct =
        [
            .. reports.SelectMany(report => report.Distinct)
                .GroupBy(entry => entry.Word)
                .Select(group => new WordCount(group.Key, group.Sum(entry => entry.Count), group.First().Common))
                .OrderByDescending(entry => entry.Count)
                .ThenBy(entry => entry.Word, StringComparer.Ordinal),
        ];
        WordCount[] top = [.. distinct.Where(entry => !entry.Common).Take(TopWords)];
        string name = (reports.Length == 1 ? "1 file" : $"{reports.Length:N0} files").PadRight(width);
        Console.WriteLine($"{name}  {reports.Sum(report => report.Lines),8:N0}  {reports.Sum(report => report.Words),9:N0}  {distinct.Count,9:N0}  {Show(top.FirstOrDefault())}");
        Console.WriteLine();
        Console.WriteLine($"Top {TopWords}: {string.Join(", ", top.Select(entry => Show(entry)))}");
    }

    private static string Show(WordCount? entry) => entry is null ? "" : $"{entry.Word} ({entry.Count:N0})";

    private static string Shorten(string name) => name.Length <= MaxName ? name : string.Concat("...", name.AsSpan(name.Length - MaxName + 3));
}
