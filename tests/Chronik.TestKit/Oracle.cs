using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Chronik.TestKit;

/// <summary>
/// Kafka's own codec, record batches and assignors in one long-lived Java process (see the oracle's README for its
/// commands). Thread-safe. Use it as an assembly fixture, <c>[assembly: AssemblyFixture(typeof(Oracle))]</c>, and take
/// it through the constructor of a test class: the process starts with the first question.
/// </summary>
public sealed class Oracle : IDisposable
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _errors = new();
    private Process? _process;

    /// <summary>Asks one command and returns its answer, which may say <c>"ok": false</c>.</summary>
    public JsonElement Ask(string command) => AskMany([command])[0];

    /// <summary>Asks one command and fails the test where the answer is not <c>"ok": true</c>.</summary>
    public JsonElement AskOk(string command)
    {
        var answer = Ask(command);
        return answer.GetProperty("ok").GetBoolean()
            ? answer
            : throw new InvalidOperationException($"The oracle answered {answer.GetRawText()} to: {Shorten(command)}");
    }

    /// <summary>Asks many commands in one go and returns their answers in order: thousands take a second or two.</summary>
    public IReadOnlyList<JsonElement> AskMany(IReadOnlyCollection<string> commands)
    {
        foreach (var command in commands)
        {
            if (string.IsNullOrWhiteSpace(command) || command.StartsWith('#') || command.Contains('\n', StringComparison.Ordinal))
                throw new ArgumentException($"Not a command of one line: '{Shorten(command)}'", nameof(commands));
        }

        lock (_gate)
        {
            var process = _process ??= Start();
            // The oracle stops reading while nobody takes its answers, so both directions have to move at once.
            var writing = Task.Run(() => Write(process.StandardInput, commands));
            var answers = new List<JsonElement>(commands.Count);
            while (answers.Count < commands.Count)
                answers.Add(ReadAnswer(process));
            writing.GetAwaiter().GetResult();
            return answers;
        }
    }

    /// <summary>Ends the process.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_process is null)
                return;
            _process.Kill(entireProcessTree: true);
            _process.Dispose();
            _process = null;
        }
    }

    private static void Write(StreamWriter writer, IReadOnlyCollection<string> commands)
    {
        foreach (var command in commands)
        {
            writer.Write(command);
            writer.Write('\n');
        }

        writer.Flush();
    }

    private static string Shorten(string text) => text.Length <= 300 ? text : text[..300] + "…";

    private JsonElement ReadAnswer(Process process)
    {
        var line = process.StandardOutput.ReadLine();
        if (line is null)
        {
            lock (_errors)
                throw new InvalidOperationException($"The oracle ended: {_errors}");
        }

        using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 256 });
        return document.RootElement.Clone();
    }

    private Process Start()
    {
        var program = SharedFolder.PathOf("peers", "kafka", "oracle", "oracle");
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var process = Process.Start(new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = utf8,
            StandardOutputEncoding = utf8,
        })!;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
                _errors.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
        return process;
    }
}
