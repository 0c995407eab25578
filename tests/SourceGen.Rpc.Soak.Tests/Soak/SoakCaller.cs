using System.Runtime.CompilerServices;
using SourceGen.Rpc.Soak.Tests.Counting;

namespace SourceGen.Rpc.Soak.Tests.Soak;

/// <summary>
/// Makes one call after the other, as its random numbers say, and fails when one of them ends as its plan does not allow.
/// </summary>
/// <param name="service">Whom it calls.</param>
/// <param name="random">Decides everything.</param>
/// <param name="producers">Counts the producers of streams that are sent.</param>
/// <param name="longToken">A token that outlives all calls.</param>
internal sealed class SoakCaller(ISoak service, Random random, Attendance producers, CancellationToken longToken)
{
    /// <summary>Calls that have ended.</summary>
    public int Calls { get; private set; }

    /// <summary>Makes a call without streams.</summary>
    public Task CallAsync() => RunAsync(Plan.DrawCall(random), CallAsync);

    /// <summary>Makes a call with streams.</summary>
    public Task StreamAsync() => RunAsync(Plan.DrawStream(random), random.Next(3) switch { 0 => DownAsync, 1 => UpAsync, _ => BothAsync });

    private async Task RunAsync(Plan plan, Func<Plan, CancellationToken, Task> call)
    {
        using CancellationTokenSource? source = plan.Leaving == Leaving.Token ? new CancellationTokenSource(plan.AfterMs) : null;
        using RpcCallScope? scope = plan.Leaving == Leaving.Deadline
            ? RpcCallScope.Begin(
                new RpcCallOptions { Timeout = TimeSpan.FromMilliseconds(plan.AfterMs), Headers = { ["plan"] = "deadline" } })
            : null;
        CancellationToken token = source?.Token ?? (plan.Leaving == Leaving.LongToken ? longToken : default);
        try
        {
            await call(plan, token);
        }
        catch (Exception e)
        {
            if (!plan.Allows(e, source is { IsCancellationRequested: true }))
                throw new InvalidOperationException($"{call.Method.Name} of {plan} ended with {e.GetType().Name}: {e.Message}", e);
        }

        Calls++;
    }

    private async Task CallAsync(Plan plan, CancellationToken token)
    {
        if (plan.Job.Number % 16 == 0) await service.NoteAsync(plan.Job);
        Done done = await service.CallAsync(plan.Job, plan.Load == 0 ? [] : new byte[plan.Load], token);
        if (done.Number != plan.Job.Number || done.Load.Length != plan.Load) throw new InvalidOperationException("Replies are mixed up.");
    }

    private Task DownAsync(Plan plan, CancellationToken token) => ReadAsync(plan, service.DownAsync(plan.Job, token), plan.Job.Items);

    private Task BothAsync(Plan plan, CancellationToken token)
    {
        int expected = Math.Min(plan.Job.Items, plan.Items);
        return ReadAsync(plan, service.BothAsync(plan.Job, ProduceAsync(plan), token), expected);
    }

    private async Task UpAsync(Plan plan, CancellationToken token)
    {
        int count = await service.UpAsync(plan.Job, ProduceAsync(plan), token);
        int expected = Math.Min(plan.Job.Items, plan.Items);
        if (count != expected) throw new InvalidOperationException($"{count} items came instead of {expected}.");
    }

    private static async Task ReadAsync(Plan plan, IAsyncEnumerable<Item> items, int expected)
    {
        int count = 0;
        await foreach (Item item in items)
        {
            SoakService.Check(item, plan.Job, count++);
            if (count == plan.Wanted) return;
        }

        if (count != expected) throw new InvalidOperationException($"{count} items came instead of {expected}.");
    }

    private async IAsyncEnumerable<Item> ProduceAsync(Plan plan, [EnumeratorCancellation] CancellationToken ct = default)
    {
        producers.Enter();
        try
        {
            for (int i = 0; i < plan.Items; i++)
            {
                if (i == plan.FailsAt) throw new SoakException();
                if (i % 100 == 50) await Task.Delay(plan.AfterMs / 10, ct);
                yield return SoakService.ItemOf(plan.Job, i);
            }
        }
        finally
        {
            producers.Leave();
        }
    }
}
