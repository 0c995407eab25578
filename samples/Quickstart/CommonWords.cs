namespace Quickstart;

/// <summary>The words of a language that say nothing about a text.</summary>
public static class CommonWords
{
    /// <summary>By language code; <c>none</c> has no such words.</summary>
    public static IReadOnlyDictionary<string, HashSet<string>> ByLanguage { get; } = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal)
    {
        ["none"] = [],
        ["en"] = Split(
            """
            a about after all also an and any are as at be been before but by can each every for from had has have he her his how i if in
            into is it its it's more most must no not of on one only or other our out over own she so some such than that the their them
            then there these they this to two under until up was we were what when where which while who will with without you your
            """),
        ["de"] = Split(
            """
            aber als am an auch auf aus bei bis das dass dem den der des die dies diese doch durch ein eine einem einen einer er es für hat
            ich ihr im in ist ja kann kein man mit nach nicht noch nur oder sein sich sie sind so und vom von vor war was wenn werden wie
            wir wird zu zum zur über
            """),
    };

    private static HashSet<string> Split(string words) => [.. words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
}
