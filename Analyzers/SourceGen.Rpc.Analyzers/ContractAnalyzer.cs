using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Analyzers;

/// <summary>
/// Reports every way in which a <c>[Service]</c> or <c>[Topic]</c> interface is no valid contract. The generator skips exactly those.
/// </summary>
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
            if (!AnalyzerSwitch.ChecksContracts(start.Options)) return;
            start.RegisterSymbolAction(AnalyzeType, SymbolKind.NamedType);
            start.RegisterSymbolAction(AnalyzeMethod, SymbolKind.Method);
        });
    }

    private static void AnalyzeType(SymbolAnalysisContext context)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.Symbol;
        if (!KnownTypes.DeclaresContract(type)) return;
        ProblemSink problems = new(context.ReportDiagnostic);
        ServiceModel? model = ServiceParser.Parse(type, (CSharpCompilation)context.Compilation, problems, context.CancellationToken);

        // A valid contract that was not completed: the generator saw less than the compilation has now, or is not there.
        if (model is not null && !IsCompleted(type)) problems.Report(DiagnosticDescriptors.NotGenerated, type, type.Name);
    }

    /// <summary>Whoever writes one of the attributes on an implementation believes it to be protected, or called as it says.</summary>
    private static void AnalyzeMethod(SymbolAnalysisContext context)
    {
        ISymbol method = context.Symbol;
        if (method is { IsAbstract: true, IsStatic: false, ContainingType.TypeKind: TypeKind.Interface }) return;
        ProblemSink problems = new(context.ReportDiagnostic);
        string name = $"{method.ContainingType.Name}.{method.Name}";
        if (KnownTypes.Attribute(method, "CallPolicyAttribute") is not null) problems.Report(DiagnosticDescriptors.UselessPolicy, method, name);
        bool requires = KnownTypes.AuthorizationAttributes(method).Any();
        if (!requires && !KnownTypes.AllowsAnonymous(method)) return;
        problems.Report(
            DiagnosticDescriptors.UselessAuthorization, method, name, requires ? "RequireAuthorization" : "AllowAnonymous");
    }

    private static bool IsCompleted(INamedTypeSymbol service) => service.AllInterfaces.Any(i =>
        KnownTypes.IsContract(i) && SymbolEqualityComparer.Default.Equals(i.TypeArguments[0], service));
}
