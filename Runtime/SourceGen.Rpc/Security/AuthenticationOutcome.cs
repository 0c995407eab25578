using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Security;

/// <summary>What all authenticators together came to: a principal, a refusal, or neither when none had anything to say.</summary>
/// <param name="Result">The answer of the one that knew the peer.</param>
/// <param name="Refusal">Why the peer is refused.</param>
internal readonly record struct AuthenticationOutcome(RpcAuthenticationResult? Result, ErrorMessage? Refusal);
