using System.Net.Sockets;

namespace SourceGen.Rpc.Transport;

/// <summary>
/// One socket's place in the <see cref="ReadinessLoop"/>: what is waited for on it, by its receiving and its sending half together.
/// </summary>
/// <remarks>
/// The kernel tells of a descriptor once and then no more until it is armed again. What it is armed for is at least
/// <c>_waits</c>, or an event is on its way to <see cref="OnEvent"/>, which arms it again for the waits that the event did not end.
/// </remarks>
/// <param name="loop">The loop.</param>
/// <param name="socket">The socket; it must not be disposed before <see cref="Close"/>.</param>
/// <param name="handler">Told when a wait is over.</param>
internal sealed class ReadinessRegistration(ReadinessLoop loop, Socket socket, IReadinessHandler handler)
{
    /// <summary>EBADF.</summary>
    private const int BadDescriptor = 9;

    /// <summary>ENOMEM.</summary>
    private const int OutOfMemory = 12;

    /// <summary>ENOSPC: the user's limit of watches, fs.epoll.max_user_watches.</summary>
    private const int TooManyWatches = 28;

    private readonly Lock _gate = new();
    private int _descriptor;
    private ulong _id;
    private Readiness _waits;
    private bool _added;
    private bool _closed;
    private bool _released;

    /// <summary>What stands for this registration in events.</summary>
    internal ulong Id => _id;

    /// <summary>What is waited for at the moment.</summary>
    internal Readiness Waits
    {
        get
        {
            lock (_gate) return _waits;
        }
    }

    /// <summary>Waits, besides what is waited for: the handler is told once, perhaps before this returns, perhaps in vain.</summary>
    /// <returns>
    /// Success; <see cref="SocketError.OperationAborted"/> when the socket is disposed; another error when the system cannot wait.
    /// The handler is told only in the case of success.
    /// </returns>
    public SocketError Wait(Readiness what)
    {
        lock (_gate)
        {
            if (_released) return SocketError.OperationAborted;
            if ((_waits & what) == what) return SocketError.Success;
            // Between Close and Release a wait is only noted: Release ends it.
            SocketError error = _closed ? SocketError.Success : Arm(_waits | what);
            if (error == SocketError.Success) _waits |= what;
            return error;
        }
    }

    /// <summary>The socket is about to be disposed: its descriptor may soon be another one's.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
            if (!_added) return;
            // No error matters: a descriptor that is gone is waited for no longer.
            _ = loop.Control(Epoll.Delete, _descriptor, 0, 0);
            loop.Remove(_id);
        }
    }

    /// <summary>The socket is disposed, or needed no longer: after <see cref="Close"/>, ends what is still waited for.</summary>
    public void Release()
    {
        Readiness over;
        lock (_gate)
        {
            _released = true;
            over = _waits;
            _waits = Readiness.None;
        }

        if (over != Readiness.None) handler.OnReady(over);
    }

    /// <summary>The loop has met an event.</summary>
    /// <param name="id">Whom it is for; it may be an earlier owner of the same slot.</param>
    /// <param name="events">What the kernel says.</param>
    public void OnEvent(ulong id, uint events)
    {
        Readiness ready = Readiness.None;
        lock (_gate)
        {
            if (_closed || id != _id) return;
            // An error or a hang-up ends every wait: the next receive or send tells what it is.
            bool all = (events & (Epoll.Error | Epoll.HangUp)) != 0;
            if (all || (events & Epoll.In) != 0) ready |= _waits & Readiness.Receive;
            if (all || (events & Epoll.Out) != 0) ready |= _waits & Readiness.Send;
            Readiness left = _waits & ~ready;
            // What cannot be armed again ends as well: the next wait tells why.
            if (left != Readiness.None && Arm(left) != SocketError.Success) ready = _waits;
            _waits &= ~ready;
        }

        if (ready != Readiness.None) handler.OnReady(ready);
    }

    private SocketError Arm(Readiness what)
    {
        uint events = Epoll.OneShot;
        if ((what & Readiness.Receive) != 0) events |= Epoll.In;
        if ((what & Readiness.Send) != 0) events |= Epoll.Out;
        if (_added) return Describe(loop.Control(Epoll.Modify, _descriptor, events, _id));
        try
        {
            _descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        }
        catch (ObjectDisposedException)
        {
            return SocketError.OperationAborted;
        }

        // Before the kernel knows it, so that the first event finds it.
        _id = loop.Add(this);
        SocketError error = Describe(loop.Control(Epoll.Add, _descriptor, events, _id));
        if (error == SocketError.Success) _added = true;
        else loop.Remove(_id);
        return error;
    }

    private static SocketError Describe(int error) => error switch
    {
        0 => SocketError.Success,
        BadDescriptor => SocketError.OperationAborted,
        OutOfMemory or TooManyWatches => SocketError.NoBufferSpaceAvailable,
        _ => SocketError.OperationNotSupported,
    };
}
