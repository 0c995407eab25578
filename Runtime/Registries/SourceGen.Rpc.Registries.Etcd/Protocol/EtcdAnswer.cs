namespace SourceGen.Rpc.Registries.Etcd.Protocol;

/// <summary>A result, or an error that whoever asked may know what to do about.</summary>
/// <param name="Result">The result; null when there is an error.</param>
/// <param name="Error">The error, or null.</param>
/// <param name="Endpoint">The number of the endpoint that answered.</param>
internal readonly record struct EtcdAnswer<T>(T? Result, EtcdError? Error, int Endpoint)
    where T : class;
