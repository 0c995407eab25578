using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Tests.Support;

/// <summary>Keeps what was logged, and lets a test wait for a line.</summary>
internal sealed class TestLog : ILoggerFactory, ILogger
{
    private readonly Lock _gate = new();
    private readonly List<(int Id, string Text)> _lines = [];
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource<string> Found)> _waiting = [];

    /// <summary>Thrown by every attempt to log, to stand for a broken provider.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Completes when a line that contains the text is logged, or was.</summary>
    public Task<string> WaitForAsync(string text)
    {
        lock (_gate)
        {
            foreach ((int _, string line) in _lines)
            {
                if (line.Contains(text, StringComparison.Ordinal)) return Task.FromResult(line);
            }

            TaskCompletionSource<string> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((line => line.Contains(text, StringComparison.Ordinal), found));
            return found.Task.WaitAsync(Transport.Waiting.Limit);
        }
    }

    public int Count(string text)
    {
        lock (_gate) return _lines.Count(line => line.Text.Contains(text, StringComparison.Ordinal));
    }

    public string All()
    {
        lock (_gate) return string.Join('\n', _lines.Select(line => line.Text));
    }

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (Failure is not null) throw Failure;
        string text = $"{logLevel} {eventId.Id}: {formatter(state, exception)} {exception}";
        lock (_gate)
        {
            _lines.Add((eventId.Id, text));
            foreach ((Func<string, bool> wanted, TaskCompletionSource<string> found) in _waiting)
            {
                if (wanted(text)) found.TrySetResult(text);
            }
        }
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
