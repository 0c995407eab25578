using System.Collections.Concurrent;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.BuiltIn;

/// <summary>Answers with the contracts of a server. A contract is taken apart when it is first asked for.</summary>
internal sealed class DescribeService(IReadOnlyList<RpcContract> contracts) : IDescribe
{
    private readonly ConcurrentDictionary<RpcContract, ServiceDescription> _descriptions = new();

    /// <inheritdoc/>
    public ValueTask<List<ServiceSummary>> ListAsync(CancellationToken cancellationToken = default) =>
        new([.. contracts.Select(static contract =>
            new ServiceSummary(contract.Name, contract.Version, contract.Fingerprint, contract.Methods.Count))]);

    /// <inheritdoc/>
    public ValueTask<ServiceDescription> GetAsync(string service, string version = "", CancellationToken cancellationToken = default)
    {
        foreach (RpcContract contract in contracts)
        {
            if (contract.Name == service && contract.Version == version) return new(_descriptions.GetOrAdd(contract, Describe));
        }

        string wanted = string.IsNullOrEmpty(version) ? $"'{service}'" : $"'{service}' version '{version}'";
        throw new RpcException(RpcStatusCode.NotFound, $"This server has no service {wanted}; rpc.Describe/List says which it has.");
    }

    private static ServiceDescription Describe(RpcContract contract)
    {
        ContractSchema schema = ContractSchema.Parse(contract.Schema);
        List<MethodDescription> methods = [.. schema.Methods.Zip(contract.Methods, Describe)];
        return new ServiceDescription(contract.Name, contract.Version, contract.Fingerprint, contract.Schema, methods);
    }

    private static MethodDescription Describe(SchemaMethod schema, RpcMethod method)
    {
        List<ParameterDescription> parameters =
            [.. schema.Parameters.Select(static parameter =>
                new ParameterDescription(parameter.Name, parameter.Type.ToString(), parameter.HasDefault))];
        bool idempotent = (method.Options & RpcMethodOptions.Idempotent) != 0;
        return new MethodDescription(schema.Name, parameters, schema.ReplyText, idempotent, method.TimeoutMs);
    }
}
