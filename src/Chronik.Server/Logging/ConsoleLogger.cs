using Microsoft.Extensions.Logging;

namespace Chronik.Server.Logging;

/// <summary>The logger of one category.</summary>
internal sealed class ConsoleLogger(ConsoleLogging logging, string category) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logging.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            logging.Write(logLevel, category, formatter(state, exception), exception);
    }
}
