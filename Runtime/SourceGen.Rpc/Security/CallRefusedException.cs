using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Security;

/// <summary>
/// Stands for what the handler of a call threw that was never started because its caller may not make it. It is never thrown.
/// </summary>
/// <param name="refusal">The answer.</param>
internal sealed class CallRefusedException(ErrorMessage refusal) : Exception
{
    /// <summary>The answer.</summary>
    public ErrorMessage Refusal => refusal;
}
