using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace SourceGen.Rpc.Generators.Tests;

public class ValidContractTests
{
    public static TheoryData<string> Names => ContractFiles.Valid;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task ValidContract_CompilesWithoutWarnings_AndIsNotReported(string name)
    {
        (GeneratorRunResult result, Compilation output) = Harness.Generate(Harness.Compile(ContractFiles.ReadValid(name)));

        Assert.NotEmpty(result.GeneratedSources);
        Assert.Empty(Harness.Problems(output));
        Assert.Empty(await Harness.AnalyzeAsync(output));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ValidContract_EmitsApprovedSource(string name)
    {
        (GeneratorRunResult result, _) = Harness.Generate(Harness.Compile(ContractFiles.ReadValid(name)));

        Approved.Verify(name, Print(result));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ValidContract_CompilesAsTheLatestLanguageVersionToo(string name)
    {
        CSharpParseOptions latest = Harness.ParseOptions.WithLanguageVersion(LanguageVersion.Preview);

        (_, Compilation output) = Harness.Generate(Harness.Compile("Tests", latest, ContractFiles.ReadValid(name)));

        Assert.Empty(Harness.Problems(output));
    }

    private static string Print(GeneratorRunResult result)
    {
        StringBuilder text = new();
        foreach (GeneratedSourceResult source in result.GeneratedSources.OrderBy(static s => s.HintName, StringComparer.Ordinal))
            text.Append("//// ").Append(source.HintName).Append('\n').Append(source.SourceText).Append('\n');
        return text.ToString();
    }
}
