using System.CommandLine;
using System.Globalization;
using Chronik.Client;
using Chronik.Server.Administration;

namespace Chronik.Server.Commands;

/// <summary>Where in a partition: of <c>consume</c> and <c>group reset</c>.</summary>
internal sealed class StartOptions
{
    private readonly Option<bool> _beginning;
    private readonly Option<bool> _end;
    private readonly Option<long?> _offset;
    private readonly Option<string?> _time;

    private StartOptions(string word)
    {
        _beginning = new($"--{word}-beginning") { Description = "The oldest record that is still there." };
        _end = new($"--{word}-end") { Description = "Behind the newest record." };
        _offset = new($"--{word}-offset") { Description = "An offset.", HelpName = "OFFSET" };
        _time = new($"--{word}-time")
        {
            Description = "The first record of a time or later: 2026-11-23T10:00:00Z, milliseconds since 1970, or how long ago (90s, 15m, 2h, 1d).",
            HelpName = "TIME",
        };
    }

    /// <summary>Adds <c>--from-beginning</c> and so on, with the word that suits the command.</summary>
    public static StartOptions AddTo(Command command, string word)
    {
        var options = new StartOptions(word);
        command.Add(options._beginning);
        command.Add(options._end);
        command.Add(options._offset);
        command.Add(options._time);
        return options;
    }

    /// <summary>The place that was asked for, or null for none.</summary>
    public StartAt? Choose(ParseResult result, TimeProvider time)
    {
        var chosen = new List<(string Name, StartAt At)>();
        if (result.GetValue(_beginning))
            chosen.Add((_beginning.Name, StartAt.Beginning));
        if (result.GetValue(_end))
            chosen.Add((_end.Name, StartAt.End));
        if (result.GetValue(_offset) is { } offset)
            chosen.Add((_offset.Name, offset >= 0 ? StartAt.Offset(offset) : throw new CommandException($"{_offset.Name} is {offset}, but offsets begin at 0.", ExitCode.Misused)));
        if (result.GetValue(_time) is { } text)
            chosen.Add((_time.Name, StartAt.Time(ParseTime(_time.Name, text, time.GetUtcNow()))));
        return chosen.Count switch
        {
            0 => null,
            1 => chosen[0].At,
            _ => throw new CommandException($"{string.Join(" and ", chosen.Select(choice => choice.Name))} exclude each other: give one of them.", ExitCode.Misused),
        };
    }

    internal static DateTimeOffset ParseTime(string option, string text, DateTimeOffset now)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= 253_402_300_799_999)
            return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        if (text.Length > 1 && Unit(text[^1]) is { } unit && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
            return now - (count * unit);
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var moment))
            return moment;
        throw new CommandException($"{option} is '{text}', which is no time: write for example 2026-11-23T10:00:00Z, 1763892000000, or 15m for a quarter of an hour ago.", ExitCode.Misused);
    }

    private static TimeSpan? Unit(char letter) => letter switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        _ => null,
    };
}
