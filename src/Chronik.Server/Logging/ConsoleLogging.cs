using Microsoft.Extensions.Logging;

namespace Chronik.Server.Logging;

/// <summary>
/// Writes log lines to a stream. The framework's console logger brings options, configuration and a queue with a thread
/// of its own: more to start and to keep than the few lines that a broker logs are worth.
/// </summary>
internal sealed class ConsoleLogging(Stream stream, LogLevel level, TimeProvider time) : ILoggerFactory
{
    private readonly Lock _lock = new();

    /// <summary>Reads a level by its name or the usual short forms; nothing given is warnings and worse.</summary>
    public static bool TryParseLevel(string? text, out LogLevel level)
    {
        level = text?.ToLowerInvariant() switch
        {
            null or "" or "warn" or "warning" => LogLevel.Warning,
            "info" or "information" => LogLevel.Information,
            "debug" => LogLevel.Debug,
            "trace" => LogLevel.Trace,
            "error" => LogLevel.Error,
            _ => LogLevel.None,
        };
        return level != LogLevel.None;
    }

    public ILogger CreateLogger(string categoryName) => new ConsoleLogger(this, categoryName);

    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("There is one way to log.");

    public void Dispose()
    {
        lock (_lock)
            stream.Flush();
    }

    internal bool IsEnabled(LogLevel wanted) => wanted >= level && wanted != LogLevel.None;

    internal void Write(LogLevel lineLevel, string category, string message, Exception? exception)
    {
        var line = $"{time.GetLocalNow():yyyy-MM-dd HH:mm:ss.fff} {Name(lineLevel)} {category}: {message}{Environment.NewLine}";
        if (exception is not null)
            line += exception + Environment.NewLine;
        var bytes = System.Text.Encoding.UTF8.GetBytes(line);
        lock (_lock)
            stream.Write(bytes);
    }

    private static string Name(LogLevel lineLevel) => lineLevel switch
    {
        LogLevel.Critical => "FATAL",
        LogLevel.Error => "ERROR",
        LogLevel.Warning => "WARN ",
        LogLevel.Information => "INFO ",
        _ => "DEBUG",
    };
}
