using Microsoft.Extensions.Logging;

namespace Chronik.Campaigns.Corruption;

/// <summary>Remembers what a store told its operator: warnings and worse.</summary>
internal sealed class EventCounter : ILoggerFactory, ILogger
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            _lines.Add($"{formatter(state, exception)} {exception?.Message}");
    }

    public void Dispose()
    {
    }
}
