using Microsoft.CodeAnalysis.Text;

namespace SourceGen.Rpc.Analyzers.Tests;

/// <summary>Source with <c>[|places|]</c> where diagnostics are expected.</summary>
internal sealed record Markup(string Source, IReadOnlyList<TextSpan> Places)
{
    public static Markup Parse(string marked)
    {
        System.Text.StringBuilder source = new();
        List<TextSpan> places = [];
        int? start = null;
        for (int i = 0; i < marked.Length; i++)
        {
            if (marked.AsSpan(i).StartsWith("[|", StringComparison.Ordinal))
            {
                start = source.Length;
                i++;
            }
            else if (start is { } begun && marked.AsSpan(i).StartsWith("|]", StringComparison.Ordinal))
            {
                places.Add(TextSpan.FromBounds(begun, source.Length));
                start = null;
                i++;
            }
            else
            {
                source.Append(marked[i]);
            }
        }

        return new Markup(source.ToString(), places);
    }
}
