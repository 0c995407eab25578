using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Selection.Filters;

/// <summary>
/// Leaves the nodes that serve a contract this program can call: the same one, or one that a function knows to be compatible. Nodes that do
/// not say which contract they serve are left, too; the handshake finds out.
/// </summary>
public sealed class FingerprintFilter : INodeFilter
{
    private readonly ulong _fingerprint;
    private readonly Func<ulong, bool>? _isCompatible;

    /// <summary>Creates the filter.</summary>
    /// <param name="fingerprint">The fingerprint of the contract this program was compiled with.</param>
    /// <param name="isCompatible">Whether a contract with another fingerprint will do; null for never.</param>
    public FingerprintFilter(ulong fingerprint, Func<ulong, bool>? isCompatible = null)
    {
        _fingerprint = fingerprint;
        _isCompatible = isCompatible;
    }

    /// <inheritdoc/>
    public string Name => $"contract {_fingerprint:x16}{(_isCompatible is null ? "" : " or compatible")}";

    /// <inheritdoc/>
    public IReadOnlyList<ServiceInstance> Filter(IReadOnlyList<ServiceInstance> instances)
    {
        ArgumentNullException.ThrowIfNull(instances);
        return [.. instances.Where(instance => instance.Node.ContractFingerprint is not { } theirs
            || theirs == _fingerprint
            || (_isCompatible is not null && _isCompatible(theirs)))];
    }
}
