using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Security;

/// <summary>What a call's credential is worth.</summary>
/// <param name="Caller">Whose it is; null when no authenticator had anything to say about it.</param>
/// <param name="Refusal">Why it is not accepted, or could not be judged; null otherwise.</param>
internal sealed record JudgedCredential(CallerIdentity? Caller, ErrorMessage? Refusal);
