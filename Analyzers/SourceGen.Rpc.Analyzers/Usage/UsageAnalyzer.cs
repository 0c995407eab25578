using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace SourceGen.Rpc.Analyzers.Usage;

/// <summary>
/// Reports what can be better about valid contracts, and mistakes in code that calls services, implements or registers them. Each rule is a
/// class of its own; the symbols they look for are resolved once per compilation, and none runs where there are none.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UsageAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [.. UsageDescriptors.All];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(Start);
    }

    private static void Start(CompilationStartAnalysisContext context)
    {
        if (!AnalyzerSwitch.ChecksUsage(context.Options) || RpcSymbols.Find(context.Compilation) is not { } symbols) return;
        ContractAdviceRule.Register(context, symbols);
        KeyGapRule.Register(context, symbols);
        LazyResultRule.Register(context, symbols);
        TokenRule.Register(context, symbols);
        NotAwaitedRule.Register(context, symbols);
        BlockingRule.Register(context, symbols);
        LoopRule.Register(context, symbols);
        AsyncVoidRule.Register(context, symbols);
        RegistrationRule.Register(context, symbols);
        DisposedClientRule.Register(context, symbols);
    }
}
