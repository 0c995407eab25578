using System.Runtime.CompilerServices;

namespace SourceGen.Rpc.Streams;

/// <summary>To be awaited by who must not go on with the current thread: goes on with one of the thread pool.</summary>
internal readonly struct PoolSwitch : ICriticalNotifyCompletion
{
    public bool IsCompleted => false;

    public PoolSwitch GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) =>
        ThreadPool.UnsafeQueueUserWorkItem(static continuation => continuation(), continuation, preferLocal: false);
}
