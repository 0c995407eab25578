using Microsoft.CodeAnalysis;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.Generators.Emit;

namespace SourceGen.Rpc.Generators;

/// <summary>
/// Completes every valid <c>[Service]</c> interface with its contract, proxy and dispatcher, and emits a serializer for every type they
/// reach. Invalid contracts are skipped: the analyzer reports them by the same rules.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ContractGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        ServiceFinder finder = new();
        IncrementalValuesProvider<ServiceModel> services = context.CompilationProvider
            .Select((compilation, cancellationToken) => finder.FindAll(compilation, cancellationToken))
            .WithTrackingName(TrackingNames.AllServices)
            .SelectMany(static (all, _) => all)
            .WithTrackingName(TrackingNames.Services);

        // Types that services share are emitted once; after Collect, each goes its own way so that an edit re-emits only what it changed.
        IncrementalValuesProvider<TypeModel> types = services
            .SelectMany(static (service, _) => service.Types)
            .Collect()
            .Select(static (all, _) => all
                .GroupBy(static type => type.HintName, StringComparer.Ordinal)
                .OrderBy(static group => group.Key, StringComparer.Ordinal)
                .Select(static group => group.First())
                .ToEquatableArray())
            .WithTrackingName(TrackingNames.DistinctTypes)
            .SelectMany(static (all, _) => all)
            .WithTrackingName(TrackingNames.Types);

        context.RegisterSourceOutput(services, static (output, model) => output.AddSource(model.HintName, ServiceEmitter.Emit(model)));
        context.RegisterSourceOutput(types, static (output, model) => output.AddSource(model.HintName, TypeEmitter.Emit(model)));
        ContractsLockOutput.Register(context, services);
    }
}
