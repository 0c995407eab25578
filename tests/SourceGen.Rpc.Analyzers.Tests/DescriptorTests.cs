using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using SourceGen.Rpc.Analyzers.Usage;

namespace SourceGen.Rpc.Analyzers.Tests;

/// <summary>What every rule has besides its code.</summary>
public class DescriptorTests
{
    public static TheoryData<string> Ids => [.. new UsageAnalyzer().SupportedDiagnostics.Select(static d => d.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Every_rule_has_a_page_a_line_in_the_ledger_one_in_the_table_and_tests(string id)
    {
        DiagnosticDescriptor descriptor = new UsageAnalyzer().SupportedDiagnostics.Single(d => d.Id == id);
        string page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "diagnostics", id + ".md"));
        string ledger = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "Analyzers", "SourceGen.Rpc.Analyzers", "AnalyzerReleases.Unshipped.md"));
        string title = descriptor.Title.ToString(CultureInfo.InvariantCulture);

        Assert.StartsWith($"# {id}: {title}\n", page, StringComparison.Ordinal);
        Assert.Contains("\n## Example\n", page, StringComparison.Ordinal);
        Assert.Contains("\n## Fix\n", page, StringComparison.Ordinal);
        Assert.EndsWith($"/docs/diagnostics/{id}.md", descriptor.HelpLinkUri, StringComparison.Ordinal);
        Assert.Contains($"\n{id} | {descriptor.Category} | {descriptor.DefaultSeverity} | {title}\n", ledger, StringComparison.Ordinal);
        Assert.Contains(
            Directory.EnumerateFiles(Path.Combine(Repository.ProjectDirectory, "Usage"), "*.cs"),
            file => File.ReadAllText(file).Contains($"new(\"{id}\")", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_table_names_every_rule_with_its_severity_and_whether_there_is_a_fix()
    {
        string table = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "analyzers.md"));
        HashSet<string> fixable = [.. Fix.Providers.SelectMany(static p => p.FixableDiagnosticIds)];
        IEnumerable<DiagnosticAnalyzer> analyzers = Workbench.Analyzers.Append(new ContractsLockAnalyzer());
        foreach (DiagnosticDescriptor descriptor in analyzers.SelectMany(static a => a.SupportedDiagnostics))
        {
            string severity = descriptor.DefaultSeverity.ToString().ToLowerInvariant();
            string start = $"| [{descriptor.Id}](diagnostics/{descriptor.Id}.md) ";
            string line = Assert.Single(table.Split('\n'), line => line.StartsWith(start, StringComparison.Ordinal));
            string[] cells = [.. line.Split('|').Select(static cell => cell.Trim())];
            Assert.Equal(severity, cells[2]);
            Assert.True(fixable.Contains(descriptor.Id) == (cells[4].Length > 0), line);
        }
    }
}
