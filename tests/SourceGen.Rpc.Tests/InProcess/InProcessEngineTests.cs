using SourceGen.Rpc.Tests.EndToEnd;

namespace SourceGen.Rpc.Tests.InProcess;

/// <summary>
/// The engine's own suite at a server of the same process, as messages: the tests' threads have synchronization contexts, with which no call is
/// made directly.
/// </summary>
public sealed class InProcessEngineTests : EngineConformance
{
    protected override string Any => "inproc://";
}
