namespace SourceGen.Rpc.Benchmarks.Selection.Overload;

/// <summary>A service that asks something else before it answers.</summary>
[Service(Name = "Benchmarks.Dependent")]
public partial interface IDependent
{
    Task AskAsync();
}
