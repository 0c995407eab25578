using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.Contracts.Lock;

namespace SourceGen.Rpc.Analyzers;

/// <summary>
/// Compares the contracts of the code with those of <c>contracts.lock.json</c>, and reports whom a change breaks where it was made. Without
/// that file it does nothing but offer to create it.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ContractsLockAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [.. LockDescriptors.All];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze | GeneratedCodeAnalysisFlags.ReportDiagnostics);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(Start);
    }

    private static void Start(CompilationStartAnalysisContext context)
    {
        if (!AnalyzerSwitch.ChecksContracts(context.Options)) return;

        // An editor may have added the file to a project that has it already.
        AdditionalText[] files = [.. context.Options.AdditionalFiles.Where(static file => LockFile.IsLock(file.Path))
            .DistinctBy(static file => file.Path, StringComparer.Ordinal)];
        LockOptions options = LockOptions.From(context.Options.AnalyzerConfigOptionsProvider.GlobalOptions);
        if (files.Length == 0)
        {
            if (!options.IsUpdate) context.RegisterSymbolAction(OfferLock, SymbolKind.NamedType);
            return;
        }

        context.RegisterAdditionalFileAction(additional => CheckReadable(additional, files));
        if (files.Length > 1 || files[0].GetText(context.CancellationToken) is not { } text) return;
        if (!context.TryGetValue(text, LockFile.Provider, out LockFile? file) || file.Lock is null) return;
        Comparison comparison = new(files[0], text, file.Lock, options);
        context.RegisterSymbolAction(comparison.CompareService, SymbolKind.NamedType);
        context.RegisterCompilationEndAction(comparison.End);
    }

    private static void OfferLock(SymbolAnalysisContext context)
    {
        if (!KnownTypes.DeclaresContract(context.Symbol)) return;
        ISymbol service = context.Symbol;
        context.ReportDiagnostic(Diagnostic.Create(LockDescriptors.NotLocked, service.Locations[0], service.Name));
    }

    private static void CheckReadable(AdditionalFileAnalysisContext context, AdditionalText[] files)
    {
        AdditionalText file = context.AdditionalFile;
        if (!LockFile.IsLock(file.Path) || file.GetText(context.CancellationToken) is not { } text) return;
        if (files.Length > 1)
        {
            string paths = string.Join(", ", files.Select(static other => other.Path));
            Report(0, 0, $"the project has {files.Length} of them: {paths}; keep one");
        }
        else if (LockFile.Read(text).Error is { } error)
        {
            Report(error.Start, error.Length, error.Message);
        }

        void Report(int start, int length, string problem) => context.ReportDiagnostic(Diagnostic.Create(
            LockDescriptors.Unreadable, LockFile.Locate(file.Path, text, start, length), problem + '.'));
    }

    /// <summary>The comparison of one compilation with its lock.</summary>
    private sealed class Comparison(AdditionalText file, SourceText text, ContractsLock contractsLock, LockOptions options)
    {
        private readonly ConcurrentDictionary<string, CurrentService?> _services = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<(Location, string), bool> _reported = new();

        // While the lock is brought up to date nobody has to be told that it is not. What breaks others still needs to be accepted.
        private bool ReportsBreaking => !options.IsUpdate || options.AcceptReason is null;

        public void CompareService(SymbolAnalysisContext context)
        {
            if (!KnownTypes.DeclaresContract(context.Symbol)) return;
            INamedTypeSymbol symbol = (INamedTypeSymbol)context.Symbol;
            (ServiceModel? model, ContractSymbols symbols) =
                ServiceParser.ParseWithSymbols(symbol, (CSharpCompilation)context.Compilation, context.CancellationToken);
            (string name, string version) = ServiceParser.Identity(symbol);
            CurrentService service = model is null
                ? new CurrentService(KnownTypes.IsTopic(symbol), name, version, "", default, default)
                : CurrentService.From(model);
            _services[service.Key] = model is null ? null : service;
            if (model is null) return;
            if (!contractsLock.Has(service))
            {
                if (options.IsUpdate) return;
                context.ReportDiagnostic(Diagnostic.Create(
                    LockDescriptors.Compatible, symbol.Locations[0],
                    $"{LockText.Title(service.Key)} was added",
                    service.IsTopic ? "only old subscribers do not know it." : "only old servers do not have it."));
                return;
            }

            foreach (ContractDifference difference in contractsLock.Compare(service)) Report(context, service, symbols, difference);
        }

        public void End(CompilationAnalysisContext context)
        {
            bool isComplete = _reported.IsEmpty;
            foreach (string locked in contractsLock.Services.Where(locked => !_services.ContainsKey(locked)))
            {
                isComplete = false;
                if (!ReportsBreaking) continue;
                string what = ContractsLock.WhatOfRemoved(locked, _services.Keys);
                bool isTopic = LockText.IsTopic(locked);
                context.ReportDiagnostic(Diagnostic.Create(
                    LockDescriptors.ServiceRemoved, Locate(contractsLock.PlaceOf(locked)), what,
                    isTopic ? $"{ContractsLock.WhoMisses(locked)}: nothing keeps their messages readable any more"
                        : $"{ContractsLock.WhoMisses(locked)}: their calls are refused",
                    isTopic ? "[Topic(\"...\", Version = ...)]" : "[Service(Name = ..., Version = ...)]"));
            }

            CurrentService[] services = [.. _services.Values.OfType<CurrentService>()];
            isComplete &= services.Length == _services.Count && services.All(contractsLock.Has);
            if (!isComplete || options.IsUpdate) return;
            string current = LockText.Write(services, contractsLock.Accepted);
            if (LockFile.FirstDifferentLine(text, current) is not { } line) return;
            Location location = LockFile.Locate(file.Path, text, line.Start, line.Length);
            context.ReportDiagnostic(Diagnostic.Create(LockDescriptors.Stale, location));
        }

        private void Report(SymbolAnalysisContext context, CurrentService service, ContractSymbols symbols, ContractDifference difference)
        {
            if (difference.IsBreaking ? !ReportsBreaking : options.IsUpdate) return;
            ISymbol at = symbols.Find(difference.Type, difference.Member, difference.Method, difference.Parameter);
            Location location = at.Locations.FirstOrDefault(static l => l.IsInSource) ?? symbols.Service.Locations[0];

            // A type that several services share has changed once.
            if (!_reported.TryAdd((location, difference.ToString()), true)) return;
            Location[] related = [Locate(contractsLock.PlaceOf(difference, service.Key))];
            context.ReportDiagnostic(difference.IsBreaking
                ? Diagnostic.Create(
                    LockDescriptors.Breaking, location, related, difference.What, difference.Affected, difference.Why, difference.WayOut)
                : Diagnostic.Create(LockDescriptors.Compatible, location, related, difference.What, difference.Why));
        }

        private Location Locate(LockString place) => LockFile.Locate(file.Path, text, place.Start, place.Length);
    }
}
