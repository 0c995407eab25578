using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SourceGen.Rpc.Generators.Tests;
using Xunit.Abstractions;

namespace SourceGen.Rpc.ContractLock.Tests;

/// <summary>What an edit costs in an editor.</summary>
public sealed class EditTests(ITestOutputHelper output)
{
    private const string Unrelated = "class Unrelated { int F() => 1; }";

    [Fact]
    public async Task An_edit_elsewhere_leaves_every_service_as_its_lock_has_it()
    {
        const int Services = 300;
        StringBuilder contracts = new("namespace Many;\n");
        for (int i = 0; i < Services; i++)
        {
            contracts.Append(CultureInfo.InvariantCulture, $$"""
                [Service] public partial interface IS{{i}} { ValueTask<R{{i}}> M(R{{i}} a, int b); }
                public sealed record R{{i}}(int A, List<Shared> B, string C);

                """);
        }

        contracts.Append("public sealed record Shared(int A, string B);");
        CSharpCompilation before = Harness.Compile(contracts.ToString(), Unrelated);
        string text = LockProject.Of(before).Write();
        LockProject project = LockProject.Of(before, text);
        Assert.Empty(await project.AnalyzeAsync());

        SyntaxTree edited = before.SyntaxTrees.Single(static tree => tree.FilePath == "File2.cs");
        CSharpCompilation after = before.ReplaceSyntaxTree(
            edited, CSharpSyntaxTree.ParseText(Unrelated.Replace('1', '2'), Harness.ParseOptions, "File2.cs", Encoding.UTF8));
        Stopwatch time = Stopwatch.StartNew();
        Assert.Empty(await project.Edited(after).AnalyzeAsync());
        output.WriteLine($"figure: contract lock: analysis after an unrelated edit, {Services} services: {time.ElapsedMilliseconds} ms");
    }

    [Fact]
    public void A_build_that_does_not_update_the_lock_has_no_output_for_it()
    {
        (GeneratorRunResult result, _) = Harness.Generate(Harness.Compile("[Service] public partial interface IA { ValueTask M(); }"));

        // The service alone; there is no type.
        Assert.Single(result.TrackedOutputSteps.SelectMany(static step => step.Value));
    }
}
