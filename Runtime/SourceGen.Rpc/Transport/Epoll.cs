using System.Runtime.InteropServices;

namespace SourceGen.Rpc.Transport;

/// <summary>The three system calls of Linux's epoll, and the layout of what they exchange.</summary>
internal static unsafe partial class Epoll
{
    public const uint In = 0x001;
    public const uint Out = 0x004;
    public const uint Error = 0x008;
    public const uint HangUp = 0x010;

    /// <summary>After one event the descriptor stays silent until it is armed again.</summary>
    public const uint OneShot = 1u << 30;

    public const int Add = 1;
    public const int Delete = 2;
    public const int Modify = 3;

    /// <summary>EINTR: a signal ended the wait.</summary>
    public const int Interrupted = 4;

    private const int CloseOnExec = 0x80000;

    /// <summary>The kernel packs the structure on x86, where the 64 bits of data follow the 32 of events without a gap.</summary>
    private static readonly bool s_packed = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;

    private static readonly int s_dataOffset = s_packed ? 4 : 8;

    /// <summary>The bytes of one event.</summary>
    public static int EventSize { get; } = s_packed ? 12 : 16;

    /// <summary>Makes a descriptor to wait on.</summary>
    /// <returns>The descriptor, or null when the system has none: another system, no libc, or no descriptor left.</returns>
    public static int? TryCreate()
    {
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            int descriptor = epoll_create1(CloseOnExec);
            return descriptor >= 0 ? descriptor : null;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A Linux without such a library: sockets are then waited for by the runtime's own means.
            return null;
        }
    }

    /// <summary>Adds, modifies or deletes what is waited for.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Control(int epoll, int operation, int descriptor, uint events, ulong data)
    {
        byte* buffer = stackalloc byte[EventSize];
        Span<byte> bytes = new(buffer, EventSize);
        bytes.Clear();
        MemoryMarshal.Write(bytes, events);
        MemoryMarshal.Write(bytes[s_dataOffset..], data);
        return epoll_ctl(epoll, operation, descriptor, buffer) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Waits without limit for events.</summary>
    /// <param name="buffer">Where they go: pinned, a multiple of <see cref="EventSize"/>.</param>
    /// <param name="error">The error number when there was an error.</param>
    /// <returns>How many events there are; -1 for an error.</returns>
    public static int Wait(int epoll, byte[] buffer, out int error)
    {
        fixed (byte* events = buffer)
        {
            int count = epoll_wait(epoll, events, buffer.Length / EventSize, timeout: -1);
            error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            return count;
        }
    }

    /// <summary>Reads one event out of the buffer of a wait.</summary>
    public static (uint Events, ulong Data) Read(ReadOnlySpan<byte> buffer, int index)
    {
        ReadOnlySpan<byte> bytes = buffer.Slice(index * EventSize, EventSize);
        return (MemoryMarshal.Read<uint>(bytes), MemoryMarshal.Read<ulong>(bytes[s_dataOffset..]));
    }

#pragma warning disable IDE1006 // The names are the C library's.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epfd, int op, int fd, byte* value);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epfd, byte* events, int maxevents, int timeout);
#pragma warning restore IDE1006
}
