using System.Text.Json.Nodes;
using Chronik.Broker.Tests.Topics;
using Chronik.Storage;
using Chronik.Storage.IO;
using Chronik.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chronik.Broker.Tests.Conversations;

/// <summary>
/// Chronik answers as Apache Kafka does: requests with the answers of Kafka 4.3.1 stand in files, with each deliberate
/// difference and its reason. One test holds Chronik against them, another the files against a real Kafka.
/// </summary>
public sealed class ConversationTests(Oracle oracle)
{
    private static readonly TimeSpan s_askedAgain = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("topics")]
    [InlineData("configs")]
    [InlineData("groups")]
    [InlineData("data")]
    [InlineData("producers")]
    public async Task Chronik_answers_as_Kafka_does_but_for_the_differences_that_are_written_down(string name)
    {
        await using var logs = await OpenLogsAsync();
        await using var world = await TopicWorld.StartAsync(logs: logs);
        var chronik = new ChronikAnswers(world);
        Placeholders placeholders = new();
        List<string> wrong = [];

        foreach (var exchange in Conversation.Read(name).Exchanges)
        {
            var answer = await chronik.AskAsync(exchange.ApiKey, exchange.Version, placeholders.Fill(exchange.Request));
            placeholders.Learn(answer);
            var normalized = AnswerNormalizer.Normalize(answer);
            if (AnswerNormalizer.Difference(exchange.Chronik ?? exchange.Kafka, normalized) is { } difference)
                wrong.Add($"line {exchange.Line}: {difference}\n  {exchange.Request}\n= {Conversation.Text(normalized)}");
        }

        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));
    }

    [Theory]
    [InlineData("topics")]
    [InlineData("configs")]
    [InlineData("groups")]
    [InlineData("data")]
    [InlineData("producers")]
    public async Task Kafka_still_answers_as_it_is_written_down(string name)
    {
        await using var kafka = await KafkaPeer.StartAsync();
        using var answers = new KafkaAnswers(oracle, kafka.Port);
        var conversation = Conversation.Read(name);
        Placeholders placeholders = new();
        Dictionary<Exchange, JsonNode> heard = [];
        List<string> wrong = [];

        foreach (var exchange in conversation.Exchanges)
        {
            var (answer, difference) = await AskAsync(answers, exchange, placeholders);
            heard[exchange] = AnswerNormalizer.Normalize(answer);
            if (difference is not null)
                wrong.Add($"line {exchange.Line}: {difference}\n  {exchange.Request}");
        }

        if (wrong.Count > 0)
        {
            var file = Path.Combine(AppContext.BaseDirectory, name + ".conversation.heard");
            await File.WriteAllTextAsync(file, conversation.With(heard));
            Assert.Fail($"{string.Join("\n\n", wrong)}\n\nWhat was heard is in {file}");
        }
    }

    private static Task<LogStore> OpenLogsAsync() => LogStore.OpenAsync(new LogStoreOptions
    {
        DataDirectory = "/data",
        Files = new InMemoryFileSystem(),
        Time = TimeProvider.System,
        Scheduler = TaskScheduler.Default,
        LoggerFactory = NullLoggerFactory.Instance,
    });

    /// <summary>Asks; what only reads is asked again for a while, since a broker hears of a change after it was answered.</summary>
    private static async Task<(JsonNode Answer, string? Difference)> AskAsync(KafkaAnswers answers, Exchange exchange, Placeholders placeholders)
    {
        var isAskedAgain = exchange is { IsRead: true, Kafka: not null };
        var (answer, difference) = await Eventually.Last(
            async () =>
            {
                var answer = await answers.AskAsync(exchange.ApiKey, exchange.Version, placeholders.Fill(exchange.Request));
                return (answer, AnswerNormalizer.Difference(exchange.Kafka, AnswerNormalizer.Normalize(answer)));
            },
            last => last.Item2 is null || !isAskedAgain,
            s_askedAgain);
        placeholders.Learn(answer);
        return (answer, difference);
    }
}
