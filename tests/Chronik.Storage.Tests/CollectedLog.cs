using Microsoft.Extensions.Logging;

namespace Chronik.Storage.Tests;

/// <summary>Keeps what is logged as a warning or worse.</summary>
internal sealed class CollectedLog : List<string>, ILogger, ILoggerFactory
{
    private readonly Lock _lock = new();

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel < LogLevel.Warning)
            return;
        lock (_lock)
            Add(formatter(state, exception));
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
