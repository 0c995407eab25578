using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Soak.Tests.Counting;

/// <summary>Keeps what was logged as a warning or worse, the first few of each kind, but for handlers that were told to fail.</summary>
internal sealed class SoakLog : ILoggerFactory, ILogger
{
    private const int HandlerFailed = 101;
    private const int MostKept = 5;

    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>The unexpected lines.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel < LogLevel.Warning || (eventId.Id == HandlerFailed && exception is SoakException) || _lines.Count >= MostKept) return;
        _lines.Enqueue($"{logLevel} {eventId.Id}: {formatter(state, exception)} {exception}");
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

/// <summary>What handlers and producers throw that are told to.</summary>
public sealed class SoakException() : Exception("told to fail");
