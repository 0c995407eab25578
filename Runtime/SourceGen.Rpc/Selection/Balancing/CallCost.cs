namespace SourceGen.Rpc.Selection.Balancing;

/// <summary>Puts latency and load together.</summary>
internal static class CallCost
{
    /// <summary>More than any node costs that was measured, and little enough that a call more still makes a difference.</summary>
    private const double Unknown = 1e15;

    /// <summary>What the next call costs.</summary>
    /// <param name="latency">The node's latency; 0 when it was not measured.</param>
    /// <param name="load">How many calls it has.</param>
    /// <param name="perWeight">The mean weight divided by the node's.</param>
    /// <returns>
    /// Nothing for a node that was not measured and has no call: it is to be tried. With one, nobody knows whether it answers at all, and
    /// it gets no other while there are nodes that do.
    /// </returns>
    public static double Of(double latency, int load, double perWeight)
    {
        if (latency > 0) return latency * (1 + load * perWeight);
        return load == 0 ? 0 : Unknown + load * perWeight;
    }
}
