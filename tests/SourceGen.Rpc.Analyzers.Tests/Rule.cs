using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Analyzers.Tests;

/// <summary>Checks of one diagnostic: exactly where the source is marked, and nowhere else.</summary>
internal sealed class Rule(string id)
{
    /// <summary>The diagnostic is reported at exactly the marked places; without marks, not at all.</summary>
    /// <param name="marked">The source, which must compile.</param>
    /// <param name="messages">What the messages must contain, in the order of the places.</param>
    public async Task ReportsAsync(string marked, params string[] messages)
    {
        Project project = await CheckAsync(marked, messages);
        Assert.Empty(await Workbench.CompilerErrorsAsync(project));
    }

    /// <summary>The same for source that does not compile.</summary>
    public async Task ReportsInBrokenCodeAsync(string marked, params string[] messages) => await CheckAsync(marked, messages);

    /// <summary>The diagnostic is not reported.</summary>
    public Task LetsPassAsync(string source)
    {
        Assert.DoesNotContain("[|", source, StringComparison.Ordinal);
        return ReportsAsync(source);
    }

    private async Task<Project> CheckAsync(string marked, string[] messages)
    {
        Markup markup = Markup.Parse(marked);
        Project project = Workbench.CreateProject(markup.Source);
        ImmutableArray<Diagnostic> all = await Workbench.AnalyzeAsync(project);
        Diagnostic[] found = [.. all.Where(d => d.Id == id)];
        Assert.Equal(
            markup.Places.Select(p => markup.Source.Substring(p.Start, p.Length)),
            found.Select(d => markup.Source.Substring(d.Location.SourceSpan.Start, d.Location.SourceSpan.Length)));
        Assert.Equal(markup.Places, found.Select(static d => d.Location.SourceSpan));
        for (int i = 0; i < messages.Length; i++)
            Assert.Contains(messages[i], found[i].GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return project;
    }
}
