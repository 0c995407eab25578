using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using SourceGen.Rpc.PubSub;

namespace SourceGen.Rpc.Brokers.Conformance;

/// <summary>What became of numbered messages: how often each was published and handled, and why more often than once. Thread safe.</summary>
/// <param name="total">How many there are.</param>
/// <param name="canBeThereTwice">Whether the engine keeps a message twice that was published twice.</param>
internal sealed class MessageLedger(int total, bool canBeThereTwice)
{
    /// <summary>One of so many is asked for again by who first handles it, if that asks for any.</summary>
    private const int AskedEvery = 1_000;

    private const int MostProblems = 20;
    private const int PayloadBytes = 64;

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly Entry[] _entries = new Entry[total];
    private readonly List<TimeSpan> _kills = [];
    private readonly List<string> _problems = [];
    private DuplicateCounts _duplicates;
    private TimeSpan _longestForgotten;
    private long _handled;
    private int _done;
    private int _askedFor;

    /// <summary>How many messages there are.</summary>
    public int Total => total;

    /// <summary>The time by which everything is noted.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>How often a handler was begun.</summary>
    public long Handled
    {
        get
        {
            lock (_gate) return _handled;
        }
    }

    /// <summary>How many messages are handled for good.</summary>
    public int Done
    {
        get
        {
            lock (_gate) return _done;
        }
    }

    /// <summary>How many came again because a handler wanted them to.</summary>
    public int AskedFor
    {
        get
        {
            lock (_gate) return _askedFor;
        }
    }

    /// <summary>How many times messages were handled in vain, by their cause.</summary>
    public DuplicateCounts Duplicates
    {
        get
        {
            lock (_gate) return _duplicates;
        }
    }

    /// <summary>The longest time between a handler and the kill that made the engine forget that it had delivered the message.</summary>
    public TimeSpan LongestForgotten
    {
        get
        {
            lock (_gate) return _longestForgotten;
        }
    }

    /// <summary>What must not be: messages that nobody sent, and the first of the duplicates that nothing explains.</summary>
    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (_gate) return [.. _problems];
        }
    }

    /// <summary>The message of a number.</summary>
    public static OutgoingMessage CreateMessage(string topic, int number)
    {
        byte[] payload = new byte[PayloadBytes];
        BinaryPrimitives.WriteInt32LittleEndian(payload, number);
        return new OutgoingMessage(topic, payload) { Id = number.ToString(CultureInfo.InvariantCulture) };
    }

    /// <summary>The engine was just killed.</summary>
    /// <returns>When.</returns>
    public TimeSpan NoteKill()
    {
        TimeSpan now = Elapsed;
        lock (_gate) _kills.Add(now);
        return now;
    }

    /// <summary>A message is about to be published, once more perhaps.</summary>
    public void NotePublishing(int number)
    {
        lock (_gate)
        {
            ref Entry entry = ref _entries[number];
            if (entry.Published++ == 0) entry.PublishedAt = Elapsed;
        }
    }

    /// <summary>Handles a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="asksForMore">Whether some are to come again.</param>
    public MessageOutcome Handle(IncomingMessage message, bool asksForMore)
    {
        int number = message.Payload.Length == PayloadBytes ? BinaryPrimitives.ReadInt32LittleEndian(message.Payload.Span) : -1;
        lock (_gate)
        {
            _handled++;
            if ((uint)number >= total || message.Id != number.ToString(CultureInfo.InvariantCulture))
            {
                AddProblem($"A message that nobody sent: {message.Payload.Length} bytes, number {number}, id {message.Id}");
                return MessageOutcome.Acknowledge;
            }

            ref Entry entry = ref _entries[number];
            bool isFirst = entry.Handled++ == 0;
            if (isFirst) entry.HandledAt = Elapsed;
            else if (entry.IsAskedFor) _askedFor++;
            else NoteDuplicate(number, ref entry, message.Deliveries);
            entry.IsAskedFor = isFirst && asksForMore && number % AskedEvery == 0;
            if (entry.IsAskedFor) return MessageOutcome.Redeliver("to see it again");
            if (!entry.IsDone) _done++;
            entry.IsDone = true;
            return MessageOutcome.Acknowledge;
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        lock (_gate)
        {
            IEnumerable<int> missing = Enumerable.Range(0, total).Where(number => !_entries[number].IsDone);
            return $"{_done:N0} are handled; not: {string.Join(", ", missing.Take(20))}";
        }
    }

    private void NoteDuplicate(int number, ref Entry entry, int deliveries)
    {
        TimeSpan published = entry.PublishedAt;
        int kill = _kills.FindLastIndex(at => at > published);
        if (deliveries > 1)
        {
            _duplicates = _duplicates with { Marked = _duplicates.Marked + 1 };
        }
        else if (canBeThereTwice && entry.Published > 1 && !entry.IsRepeated)
        {
            entry.IsRepeated = true;
            _duplicates = _duplicates with { PublishedAgain = _duplicates.PublishedAgain + 1 };
        }
        else if (kill >= 0)
        {
            _duplicates = _duplicates with { Forgotten = _duplicates.Forgotten + 1 };
            TimeSpan before = _kills[kill] - entry.HandledAt;
            if (before > _longestForgotten) _longestForgotten = before;
        }
        else
        {
            _duplicates = _duplicates with { Unexplained = _duplicates.Unexplained + 1 };
            AddProblem($"Number {number} was published once, at {published}, handled at {entry.HandledAt}, and again at {Elapsed}, as its first delivery");
        }
    }

    private void AddProblem(string problem)
    {
        if (_problems.Count < MostProblems) _problems.Add(problem);
    }

    private struct Entry
    {
        public TimeSpan PublishedAt;
        public TimeSpan HandledAt;
        public int Published;
        public int Handled;
        public bool IsAskedFor;
        public bool IsRepeated;
        public bool IsDone;
    }
}
