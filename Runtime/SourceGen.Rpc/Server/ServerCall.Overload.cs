using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.CompilerServices;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>What becomes of a call that has to wait for its turn, because the server has as many as it can run.</summary>
internal abstract partial class ServerCall : IThreadPoolWorkItem
{
    private ErrorMessage? _shed;
    private bool _isOverload;

    /// <summary>The method called.</summary>
    public RpcMethod Method => Called;

    /// <summary>Where the call came from.</summary>
    public RpcConnection Origin => Connection;

    public override bool IsGivenUp => IsLate || IsCancelled || Connection.IsClosed;

    /// <summary>Whether its caller has cancelled it. Known only of calls that can be cancelled.</summary>
    private bool IsCancelled => Volatile.Read(ref _cancelRequested);

    /// <summary>It has waited in vain: its handler does not run, and its caller is told so where the handler would have run.</summary>
    /// <param name="overloaded">The answer, unless there is a better reason.</param>
    public void Shed(ErrorMessage overloaded)
    {
        if (IsLate) return; // It says so itself, when it is run.
        _isOverload = !IsCancelled && !Connection.IsClosed;
        _shed = _isOverload
            ? overloaded
            : new ErrorMessage(RpcStatusCode.Cancelled, $"{Called.FullName} was cancelled by its caller before it was started.", Refused: true);
    }

    /// <summary>
    /// Its turn has come, or never will. It is part of no batch any more, so it has a thread of the pool to itself.
    /// </summary>
    void IThreadPoolWorkItem.Execute()
    {
        if (_isOverload)
        {
            _isOverload = false;
            Connection.Admission!.CountShed(this, _shed!);
        }

        Run();
    }

    /// <summary>Whether it has waited in vain.</summary>
    protected bool IsShed([NotNullWhen(true)] out ErrorMessage? refusal) => (refusal = _shed) is not null;
}
