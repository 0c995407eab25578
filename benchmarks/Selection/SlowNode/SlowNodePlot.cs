using System.Globalization;
using System.Text;

namespace SourceGen.Rpc.Benchmarks.Selection.SlowNode;

/// <summary>
/// Draws outcomes as an SVG that can be read on light and on dark pages: for each balancer its percentiles on a logarithmic axis.
/// </summary>
internal static class SlowNodePlot
{
    private const int Left = 170;
    private const int Right = 690;
    private const int Top = 78;
    private const int RowHeight = 30;
    private const double LeastSeconds = 0.005;
    private const double MostSeconds = 2.5;

    /// <summary>Draws.</summary>
    public static string Draw(Scenario scenario, IReadOnlyList<Outcome> outcomes)
    {
        int bottom = Top + outcomes.Count * RowHeight;
        string title = string.Create(
            CultureInfo.InvariantCulture,
            $"{scenario.Nodes} nodes, one {scenario.Slowdown:0} times slower, at {scenario.Utilisation * 100:0} % of their capacity");
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 {{bottom + 50}}" role="img" aria-labelledby="title">
              <title id="title">Latency by balancer: {{title}}</title>
              <style>
                text { font: 13px sans-serif; fill: #24292f }
                .heading { font-size: 15px; font-weight: bold }
                .quiet { fill: #57606a }
                .grid { stroke: #d0d7de }
                .span { stroke: #8c959f; stroke-width: 2 }
                .p50 { fill: #1a7f37 }
                .p99 { fill: #0969da }
                .p999 { fill: #cf222e }
                .end { text-anchor: end }
                .middle { text-anchor: middle }
                @media (prefers-color-scheme: dark) {
                  text { fill: #e6edf3 }
                  .quiet { fill: #9198a1 }
                  .grid { stroke: #3d444d }
                  .span { stroke: #9198a1 }
                  .p50 { fill: #3fb950 }
                  .p99 { fill: #58a6ff }
                  .p999 { fill: #ff7b72 }
                }
              </style>
              <text class="heading" x="16" y="24">{{title}}</text>
              <circle class="p50" cx="22" cy="45" r="5"/><text x="33" y="50">median</text>
              <circle class="p99" cx="107" cy="45" r="5"/><text x="118" y="50">p99</text>
              <circle class="p999" cx="167" cy="45" r="5"/><text x="178" y="50">p99.9</text>
              <text class="quiet end" x="784" y="50">p99</text>

            """);
        foreach (double seconds in new[] { 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2 })
        {
            double x = X(seconds);
            svg.Append(CultureInfo.InvariantCulture, $"""
                  <line class="grid" x1="{x:0.0}" y1="{Top - 14}" x2="{x:0.0}" y2="{bottom}"/>
                  <text class="quiet middle" x="{x:0.0}" y="{bottom + 18}">{Say(seconds)}</text>

                """);
        }

        string axis = $"latency, logarithmic; callers give up after {Say(scenario.Deadline)}";
        svg.Append(CultureInfo.InvariantCulture, $"""
              <text class="quiet middle" x="{(Left + Right) / 2}" y="{bottom + 40}">{axis}</text>

            """);
        for (int row = 0; row < outcomes.Count; row++)
        {
            Outcome outcome = outcomes[row];
            int y = Top + row * RowHeight + 6;
            svg.Append(CultureInfo.InvariantCulture, $"""
                  <text class="end" x="{Left - 12}" y="{y + 5}">{outcome.Balancer}</text>
                  <line class="span" x1="{X(outcome.P50):0.0}" y1="{y}" x2="{X(outcome.P999):0.0}" y2="{y}"/>
                  <circle class="p999" cx="{X(outcome.P999):0.0}" cy="{y}" r="5"/>
                  <circle class="p99" cx="{X(outcome.P99):0.0}" cy="{y}" r="5"/>
                  <circle class="p50" cx="{X(outcome.P50):0.0}" cy="{y}" r="5"/>
                  <text class="end" x="784" y="{y + 5}">{Say(outcome.P99)}</text>

                """);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static double X(double seconds)
    {
        double shown = Math.Clamp(seconds, LeastSeconds, MostSeconds);
        return Left + (Right - Left) * Math.Log(shown / LeastSeconds) / Math.Log(MostSeconds / LeastSeconds);
    }

    private static string Say(double seconds) => seconds < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1_000:0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s");
}
