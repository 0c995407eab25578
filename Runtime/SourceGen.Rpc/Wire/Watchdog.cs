namespace SourceGen.Rpc.Wire;

/// <summary>
/// One thread for the whole process that looks at every connection once a millisecond while any is busy: it frees connections whose
/// thread is stuck, sends frames that stayed corked, expires deadlines and keeps idle connections alive. It also is the engine's
/// coarse clock, so that a call with a deadline costs no timer and no system call.
/// </summary>
internal static class Watchdog
{
    /// <summary>Ticks without a busy connection after which the thread goes to sleep.</summary>
    private const int IdleTicks = 100;

    private static readonly Lock s_gate = new();
    private static readonly AutoResetEvent s_wake = new(false);
    private static RpcConnection[] s_connections = [];
    private static long s_now = Environment.TickCount64;
    private static int s_sleepMs = 1000;
    private static bool s_started;
    private static volatile bool s_awake;

    /// <summary>Milliseconds on the engine's clock; wakes the watchdog, because whoever asks is about to be busy.</summary>
    public static long BusyNow
    {
        get
        {
            if (!s_awake) Wake();
            return Volatile.Read(ref s_now);
        }
    }

    /// <summary>Begins to look after a connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="idleIntervalMs">How often it must be looked at even while it is idle.</param>
    public static void Add(RpcConnection connection, int idleIntervalMs)
    {
        lock (s_gate)
        {
            s_connections = [.. s_connections, connection];
            s_sleepMs = Math.Min(s_sleepMs, Math.Max(10, idleIntervalMs));
            if (!s_started)
            {
                s_started = true;
                new Thread(Loop) { IsBackground = true, Name = "SourceGen.Rpc watchdog", Priority = ThreadPriority.AboveNormal }.UnsafeStart();
            }
        }

        Wake();
    }

    /// <summary>Ends looking after a connection.</summary>
    public static void Remove(RpcConnection connection)
    {
        lock (s_gate)
        {
            int index = Array.IndexOf(s_connections, connection);
            if (index >= 0) s_connections = [.. s_connections[..index], .. s_connections[(index + 1)..]];
        }
    }

    private static void Wake()
    {
        Volatile.Write(ref s_now, Environment.TickCount64);
        s_awake = true;
        s_wake.Set();
    }

    private static void Loop()
    {
        int idleTicks = 0;
        while (true)
        {
            idleTicks = Tick() ? 0 : idleTicks + 1;
            if (idleTicks < IdleTicks)
            {
                Thread.Sleep(1);
                continue;
            }

            // Whoever becomes busy after the flag is down sets the event; whoever was faster is seen by one more tick.
            s_awake = false;
            if (Tick() || s_wake.WaitOne(s_connections.Length == 0 ? Timeout.Infinite : s_sleepMs)) idleTicks = 0;
            Volatile.Write(ref s_now, Environment.TickCount64);
            s_awake = true;
        }
    }

    private static bool Tick()
    {
        long now = Environment.TickCount64;
        Volatile.Write(ref s_now, now);
        bool busy = false;
        foreach (RpcConnection connection in Volatile.Read(ref s_connections)) busy |= connection.OnTick(now);
        return busy;
    }
}
