namespace SourceGen.Rpc.Benchmarks.Selection.Overload;

/// <summary>What stands between the arrival of calls and their handlers.</summary>
internal interface ICallGate
{
    /// <summary>A call has arrived: it is run, refused, or kept for later.</summary>
    void Arrive(OverloadSimulation.Call call);

    /// <summary>A call that was run is over.</summary>
    void Leave(OverloadSimulation.Call call);
}
