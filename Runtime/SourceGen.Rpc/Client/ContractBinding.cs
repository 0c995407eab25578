using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Contracts;

namespace SourceGen.Rpc.Client;

/// <summary>How the methods of a client's contract are numbered on one connection.</summary>
internal sealed class ContractBinding
{
    private readonly int _first;
    private readonly MethodMatch[]? _matches;

    private ContractBinding(int first, MethodMatch[]? matches)
    {
        _first = first;
        _matches = matches;
    }

    /// <summary>Both sides have the same contract.</summary>
    public static ContractBinding Same(int first) => new(first, matches: null);

    /// <summary>The contracts differ; each method is as good as its own comparison.</summary>
    public static ContractBinding Compared(int first, MethodMatch[] matches) => new(first, matches);

    /// <summary>Gets a method's number.</summary>
    /// <exception cref="RpcException">
    /// <see cref="RpcStatusCode.Unimplemented"/>: the server lacks the method, or has a different one of that name.
    /// </exception>
    public ushort NumberOf(RpcMethod method)
    {
        if (_matches is null) return (ushort)(_first + method.Index);
        MethodMatch match = _matches[method.Index];
        if (match.Difference is null) return (ushort)(_first + match.ServerIndex);
        throw new RpcException(RpcStatusCode.Unimplemented, match.Difference) { Progress = RpcCallProgress.NotSent };
    }
}
