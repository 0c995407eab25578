using Microsoft.Extensions.Logging;

namespace SourceGen.Rpc.Wire;

/// <summary>
/// A logger whose failure stays its own: an exception of a log provider must not end a connection, or the thread that watches over all.
/// </summary>
/// <param name="logger">The logger that may throw.</param>
internal sealed class ContainedLogger(ILogger logger) : ILogger
{
    /// <summary>Creates the logger of a category.</summary>
    public static ILogger Create(ILoggerFactory factory, string category) => new ContainedLogger(factory.CreateLogger(category));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // There is no better place to tell it than the log that just failed.
        }
    }
}
