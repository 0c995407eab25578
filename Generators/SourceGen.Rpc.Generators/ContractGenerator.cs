using Microsoft.CodeAnalysis;
using SourceGen.Rpc.Contracts;
using SourceGen.Rpc.Generators.Emit;

namespace SourceGen.Rpc.Generators;

/// <summary>
/// Completes every valid <c>[Service]</c> or <c>[Topic]</c> interface with its contract, proxy and dispatcher, and emits a serializer for
/// every type they reach. Invalid contracts are skipped: the analyzer reports them by the same rules.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ContractGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        ServiceFinder finder = new();
        IncrementalValueProvider<EquatableArray<ServiceModel>> allServices = context.CompilationProvider
            .Select((compilation, cancellationToken) => finder.FindAll(compilation, cancellationToken))
            .WithTrackingName(TrackingNames.AllServices);

        // Each service goes its own way, so that an edit re-emits only what it changed.
        IncrementalValuesProvider<ServiceModel> services = allServices
            .SelectMany(static (all, _) => TypeOwnership.Assign(all))
            .WithTrackingName(TrackingNames.Services);

        context.RegisterSourceOutput(services, static (output, model) => output.AddSource(model.HintName, ServiceEmitter.Emit(model)));
        ContractsLockOutput.Register(context, allServices);
    }
}
