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
        AdditionalText[] files = [.. context.Options.AdditionalFiles.Where(static file => LockFile.IsLock(file.Path))];
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

    private static bool IsService(ISymbol symbol) =>
        symbol is INamedTypeSymbol { TypeKind: TypeKind.Interface } && KnownTypes.Attribute(symbol, "ServiceAttribute") is not null;

    private static void OfferLock(SymbolAnalysisContext context)
    {
        if (!IsService(context.Symbol)) return;
        context.ReportDiagnostic(Diagnostic.Create(LockDescriptors.NotLocked, context.Symbol.Locations[0], context.Symbol.Name));
    }

    private static void CheckReadable(AdditionalFileAnalysisContext context, AdditionalText[] files)
    {
        if (!LockFile.IsLock(context.AdditionalFile.Path) || context.AdditionalFile.GetText(context.CancellationToken) is not { } text) return;
        if (files.Length > 1)
        {
            string problem = $"the project has {files.Length} of them: {string.Join(", ", files.Select(static file => file.Path))}; keep one";
            Report(0, 0, problem);
        }
        else if (LockFile.Read(text).Error is { } error)
        {
            Report(error.Start, error.Length, error.Message);
        }

        void Report(int start, int length, string problem) => context.ReportDiagnostic(Diagnostic.Create(
            LockDescriptors.Unreadable, LockFile.Locate(context.AdditionalFile.Path, text, start, length), problem + '.'));
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
            if (!IsService(context.Symbol)) return;
            INamedTypeSymbol symbol = (INamedTypeSymbol)context.Symbol;
            (ServiceModel? model, ContractSymbols symbols) =
                ServiceParser.ParseWithSymbols(symbol, (CSharpCompilation)context.Compilation, context.CancellationToken);
            (string name, string version) = ServiceParser.Identity(symbol);
            CurrentService service = model is null ? new CurrentService(name, version, "", default) : CurrentService.From(model);
            _services[service.Key] = model is null ? null : service;
            if (model is null) return;
            if (!contractsLock.Has(service))
            {
                if (options.IsUpdate) return;
                context.ReportDiagnostic(Diagnostic.Create(
                    LockDescriptors.Compatible, symbol.Locations[0], $"Service {service.Key} was added", "only old servers do not have it."));
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
                LockString place = contractsLock.PlaceOf(locked);
                context.ReportDiagnostic(Diagnostic.Create(
                    LockDescriptors.ServiceRemoved, Locate(place), ContractsLock.WhatOfRemoved(locked, _services.Keys)));
            }

            CurrentService[] services = [.. _services.Values.OfType<CurrentService>()];
            if (!isComplete || options.IsUpdate || services.Length < _services.Count || !services.All(contractsLock.Has)) return;
            string current = LockText.Write(services, contractsLock.Accepted);
            if (LockFile.FirstDifferentLine(text, current) is { } line)
                context.ReportDiagnostic(Diagnostic.Create(LockDescriptors.Stale, LockFile.Locate(file.Path, text, line.Start, line.Length)));
        }

        private void Report(SymbolAnalysisContext context, CurrentService service, ContractSymbols symbols, ContractDifference difference)
        {
            if (difference.IsBreaking ? !ReportsBreaking : options.IsUpdate) return;
            ISymbol at = symbols.Find(difference.Type, difference.Member, difference.Method, difference.Parameter);
            Location location = at.Locations.FirstOrDefault(static l => l.IsInSource) ?? symbols.Service.Locations[0];

            // A type that several services share has changed once.
            if (!_reported.TryAdd((location, difference.ToString()), true)) return;
            Location[] related = contractsLock.PlaceOf(difference, service.Key) is { } place ? [Locate(place)] : [];
            context.ReportDiagnostic(difference.IsBreaking
                ? Diagnostic.Create(
                    LockDescriptors.Breaking, location, related, difference.What, difference.Affected, difference.Why, difference.WayOut)
                : Diagnostic.Create(LockDescriptors.Compatible, location, related, difference.What, difference.Why));
        }

        private Location Locate(LockString place) => LockFile.Locate(file.Path, text, place.Start, place.Length);
    }
}
