using System.Runtime.CompilerServices;
using SourceGen.Rpc.Tests.Transport;

namespace SourceGen.Rpc.Tests.Streams;

/// <summary>Streams to send and ways to read them.</summary>
internal static class Items
{
    /// <summary>0 and so on.</summary>
    public static async IAsyncEnumerable<int> CountTo(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (i % 1000 == 999) await Task.Yield();
            yield return i;
        }
    }

    /// <summary>Some numbers, then whatever the test does.</summary>
    public static async IAsyncEnumerable<int> CountThen(
        int count, Func<CancellationToken, Task> then, [EnumeratorCancellation] CancellationToken ct = default)
    {
        for (int i = 0; i < count; i++) yield return i;
        await then(ct);
    }

    /// <summary>One stream after the other.</summary>
    public static async IAsyncEnumerable<T> Then<T>(this IAsyncEnumerable<T> first, IAsyncEnumerable<T> second)
    {
        await foreach (T item in first) yield return item;
        await foreach (T item in second) yield return item;
    }

    /// <summary>Numbers without end, until it is told to stop.</summary>
    /// <param name="ended">Is set when the producer's finally block runs.</param>
    public static async IAsyncEnumerable<int> ForEver(TaskCompletionSource ended, [EnumeratorCancellation] CancellationToken ct = default)
    {
        try
        {
            for (int i = 0; ; i++)
            {
                if (i % 100 == 99) await Task.Yield();
                yield return i;
            }
        }
        finally
        {
            ended.TrySetResult();
        }
    }

    /// <summary>A number now and then one never, until its token is cancelled.</summary>
    public static async IAsyncEnumerable<int> OneThenWait(
        TaskCompletionSource ended, [EnumeratorCancellation] CancellationToken ct = default)
    {
        try
        {
            yield return 1;
            await Task.Delay(Timeout.Infinite, ct);
        }
        finally
        {
            ended.TrySetResult();
        }
    }

    public static async IAsyncEnumerable<byte[]> Blobs(int count, int size)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] blob = new byte[size];
            Array.Fill(blob, (byte)i);
            yield return blob;
            await Task.Yield();
        }
    }

    public static async Task<List<T>> ToListAsync<T>(this IAsyncEnumerable<T> items)
    {
        List<T> list = [];
        await foreach (T item in items) list.Add(item);
        return list;
    }

    /// <summary>Reads into a list until the stream ends or fails.</summary>
    public static async Task<Exception?> ReadIntoAsync<T>(this IAsyncEnumerable<T> items, List<T> list)
    {
        try
        {
            await foreach (T item in items) list.Add(item);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    public static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static Task Soon(this TaskCompletionSource signal) => signal.Task.Soon();
}
