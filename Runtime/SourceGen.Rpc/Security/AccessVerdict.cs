using System.Security.Claims;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Security;

/// <summary>What became of a call's wish to run.</summary>
/// <param name="User">Who calls; null when that is not established and need not be.</param>
/// <param name="Refusal">What to answer instead of running it; null when it may run.</param>
internal readonly record struct AccessVerdict(ClaimsPrincipal? User, ErrorMessage? Refusal);
