using System.Text;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Conformance;

/// <summary>A handler that keeps what it gets, and does what the test says with it.</summary>
public sealed class Inbox
{
    private readonly List<Letter> _letters = [];
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSource();

    /// <summary>What becomes of a message. At first it is acknowledged.</summary>
    public Func<Letter, CancellationToken, ValueTask<MessageOutcome>> Handling { get; set; } = static (_, _) => new(MessageOutcome.Acknowledge);

    /// <summary>What came so far.</summary>
    public IReadOnlyList<Letter> Letters
    {
        get
        {
            lock (_gate) return [.. _letters];
        }
    }

    /// <summary>What came so far, as texts.</summary>
    public IReadOnlyList<string> Texts => [.. Letters.Select(static letter => letter.Text)];

    /// <summary>Handles a message.</summary>
    public ValueTask<MessageOutcome> HandleAsync(IncomingMessage message, CancellationToken cancellationToken)
    {
        Letter letter = new(
            message.Topic, Encoding.UTF8.GetString(message.Payload.Span), message.Key, message.Id, [.. message.Headers.Span], message.Deliveries);
        lock (_gate)
        {
            _letters.Add(letter);
            _changed.TrySetResult();
            _changed = NewSource();
        }

        return Handling(letter, cancellationToken);
    }

    /// <summary>Waits until so many have come.</summary>
    public Task<IReadOnlyList<Letter>> WaitAsync(int count, TimeSpan patience) =>
        WaitAsync(letters => letters.Count >= count, patience, $"{count} messages");

    /// <summary>Waits until what has come is as wanted.</summary>
    public async Task<IReadOnlyList<Letter>> WaitAsync(Func<IReadOnlyList<Letter>, bool> isEnough, TimeSpan patience, string what)
    {
        long start = Environment.TickCount64;
        while (true)
        {
            Task changed;
            IReadOnlyList<Letter> letters;
            lock (_gate)
            {
                changed = _changed.Task;
                letters = [.. _letters];
            }

            if (isEnough(letters)) return letters;
            TimeSpan left = patience - TimeSpan.FromMilliseconds(Environment.TickCount64 - start);
            Assert.True(left > TimeSpan.Zero, $"There were to be {what}, and there are {letters.Count}: {string.Join(", ", letters.TakeLast(20).Select(static one => one.Text))}");
            await changed.WaitAsync(left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
