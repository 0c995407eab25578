namespace SourceGen.Rpc.Wire;

/// <summary>
/// Threads of the engine's own, kept for reuse. They take over connections whose thread is stuck in user code, and serve
/// low-latency connections: neither may depend on a thread pool that user code can exhaust.
/// </summary>
internal static class EngineThreads
{
    private static readonly TimeSpan s_idleTime = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Enough for handlers that block while they call back and are called back in turn; the thread pool, to which the rest goes, grows too
    /// slowly for that.
    /// </summary>
    private static readonly int s_maxThreads = Math.Max(2048, Environment.ProcessorCount * 64);

    private static readonly Lock s_gate = new();
    private static readonly Stack<Worker> s_idle = new();
    private static int s_count;

    /// <summary>Runs the work on a thread of the engine; on the thread pool when there are too many already.</summary>
    public static void Run(IThreadPoolWorkItem work)
    {
        Worker? worker;
        lock (s_gate)
        {
            if (!s_idle.TryPop(out worker) && s_count < s_maxThreads)
            {
                s_count++;
                worker = new Worker();
            }
        }

        if (worker is not null) worker.Start(work);
        else ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
    }

    private sealed class Worker
    {
        private readonly AutoResetEvent _signal = new(false);
        private IThreadPoolWorkItem? _work;
        private bool _started;

        public void Start(IThreadPoolWorkItem work)
        {
            _work = work;
            if (_started)
            {
                _signal.Set();
                return;
            }

            _started = true;
            new Thread(Loop) { IsBackground = true, Name = "SourceGen.Rpc" }.UnsafeStart();
        }

        private void Loop()
        {
            while (true)
            {
                _work!.Execute();
                _work = null;
                lock (s_gate) s_idle.Push(this);
                if (_signal.WaitOne(s_idleTime)) continue;
                if (TryRetire()) return;
                _signal.WaitOne(); // It was taken from the stack just now: the work is about to come.
            }
        }

        private bool TryRetire()
        {
            lock (s_gate)
            {
                if (!s_idle.Contains(this)) return false;
                Worker[] others = [.. s_idle.Where(worker => worker != this).Reverse()];
                s_idle.Clear();
                foreach (Worker other in others) s_idle.Push(other);
                s_count--;
                _signal.Dispose();
                return true;
            }
        }
    }
}
