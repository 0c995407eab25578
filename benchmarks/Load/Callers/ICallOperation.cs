namespace SourceGen.Rpc.Load;

/// <summary>
/// One method of the service, called again and again by one caller. Implementations are structs, so that a caller's loop is compiled
/// for each and awaits the RPC's own ValueTask with nothing between.
/// </summary>
/// <typeparam name="TResult">What the method returns.</typeparam>
internal interface ICallOperation<TResult>
{
    /// <summary>Starts the next call.</summary>
    ValueTask<TResult> Start();

    /// <summary>Checks the answer of the call started last.</summary>
    /// <returns>Whether the call counts for the latencies.</returns>
    /// <exception cref="LoadException">The answer is wrong.</exception>
    bool Finish(TResult result);
}
