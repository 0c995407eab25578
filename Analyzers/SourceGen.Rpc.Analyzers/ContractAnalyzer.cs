using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Analyzers;

/// <summary>Reports every way in which a <c>[Service]</c> interface is no valid contract. The generator skips exactly those.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ContractAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [.. DiagnosticDescriptors.All];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        // The source generator also reads contracts in files that count as generated code.
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (AnalyzerSwitch.ChecksContracts(start.Options)) start.RegisterSymbolAction(AnalyzeType, SymbolKind.NamedType);
        });
    }

    private static void AnalyzeType(SymbolAnalysisContext context)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.Symbol;
        if (type.TypeKind != TypeKind.Interface || KnownTypes.Attribute(type, "ServiceAttribute") is null) return;
        ProblemSink problems = new(context.ReportDiagnostic);
        ServiceModel? model = ServiceParser.Parse(type, (CSharpCompilation)context.Compilation, problems, context.CancellationToken);

        // A valid contract that was not completed: the generator saw less than the compilation has now, or is not there.
        if (model is not null && !IsCompleted(type)) problems.Report(DiagnosticDescriptors.NotGenerated, type, type.Name);
    }

    private static bool IsCompleted(INamedTypeSymbol service) => service.AllInterfaces.Any(i =>
        KnownTypes.IsContract(i) && SymbolEqualityComparer.Default.Equals(i.TypeArguments[0], service));
}
