namespace SourceGen.Rpc.Dynamic;

/// <summary>Stands for the service interface that a contract made at run time does not have. There is no instance.</summary>
internal abstract class DynamicTarget
{
    private DynamicTarget()
    {
    }
}
