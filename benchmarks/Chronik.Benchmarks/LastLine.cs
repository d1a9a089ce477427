using Microsoft.Extensions.Logging;

namespace Chronik.Benchmarks;

/// <summary>Keeps the last thing that was logged.</summary>
internal sealed class LastLine : ILoggerProvider, ILogger
{
    /// <summary>It, or nothing yet.</summary>
    public string Line { get; private set; } = "";

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Line = formatter(state, exception);

    public void Dispose()
    {
    }
}
