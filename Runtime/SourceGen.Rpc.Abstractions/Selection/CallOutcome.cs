namespace SourceGen.Rpc.Selection;

/// <summary>What the end of a call says about the node it was sent to.</summary>
public enum CallOutcome
{
    /// <summary>The node answered; also with an error that is the caller's own business, such as a thing that was not found.</summary>
    Success,

    /// <summary>The node could not be reached, did not answer in time, or failed in a way that is its own fault.</summary>
    Failure,

    /// <summary>The node refused the call, because it has enough to do or is about to stop: it is well, and another one may take the call.</summary>
    Rejected,

    /// <summary>It says nothing about the node: the caller gave up, or the call was never sent.</summary>
    None,
}
