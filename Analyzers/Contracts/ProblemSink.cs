using Microsoft.CodeAnalysis;

namespace SourceGen.Rpc.Contracts;

/// <summary>
/// Where the contract rules say what is wrong. The analyzer passes <paramref name="report"/>; the generator only asks whether anything
/// was, so that no location enters its pipeline.
/// </summary>
internal sealed class ProblemSink(Action<Diagnostic>? report)
{
    /// <summary>Whether the contract is invalid.</summary>
    public bool Any { get; private set; }

    /// <summary>Reports a problem where <paramref name="at"/> is declared.</summary>
    public void Report(DiagnosticDescriptor descriptor, ISymbol at, params object[] arguments)
    {
        Any = true;
        report?.Invoke(Diagnostic.Create(descriptor, at.Locations.FirstOrDefault() ?? Location.None, arguments));
    }

    /// <summary>Marks the contract as invalid for a reason that the compiler itself reports.</summary>
    public void CompilerReports() => Any = true;
}
