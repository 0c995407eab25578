using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Selection.Tests.Support;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogLines : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _warnings = new();

    /// <summary>All, each with its event id and level.</summary>
    public ConcurrentQueue<string> Lines { get; } = new();

    /// <summary>The warnings, and what is worse.</summary>
    public IReadOnlyList<string> Warnings => [.. _warnings];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string text = formatter(state, exception);
        Lines.Enqueue($"{eventId.Id} {logLevel}: {text}");
        if (logLevel >= LogLevel.Warning) _warnings.Enqueue(text);
    }

    public void Dispose()
    {
    }
}
