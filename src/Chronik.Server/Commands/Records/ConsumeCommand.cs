using System.CommandLine;
using System.Text;
using System.Text.Json;
using Chronik.Client;
using Chronik.Protocol;
using Chronik.Server.Administration;
using Chronik.Server.Output;

namespace Chronik.Server.Commands.Records;

/// <summary><c>consume</c>.</summary>
internal sealed class ConsumeCommand
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(500);

    private readonly Argument<string> _topic = new("topic") { Description = "The topic." };
    private readonly Option<long?> _count = new("--count", "-n") { Description = "Stop after so many records.", HelpName = "COUNT" };
    private readonly Option<bool> _follow = new("--follow") { Description = "Wait for new records at the end instead of stopping there." };
    private readonly Option<int[]> _partitions = new("--partition", "-p") { Description = "Only this partition; may be given several times.", HelpName = "INDEX" };
    private readonly Option<string?> _group = new("--group", "-g") { Description = "Read as a member of this group, from where it was, and commit.", HelpName = "GROUP" };
    private readonly Option<bool> _committed = new("--committed") { Description = "Leave out records of transactions that are not committed." };
    private readonly Option<ConsumeFormat> _format = new("--output", "-o")
    {
        Description = "table: a line for people; json: an object on each line; value: the bare value.",
        HelpName = "table|json|value",
        DefaultValueFactory = _ => ConsumeFormat.Table,
    };

    public static Command Create(CommandContext context)
    {
        var command = new TaughtCommand(
            "consume",
            "Read records of a topic, to its end or for ever.",
            "chronik-server consume orders                             # all there is, then stop",
            "chronik-server consume orders --follow                    # what comes from now on",
            "chronik-server consume orders --from-time 15m -o json",
            "chronik-server consume orders -p 0 --from-offset 42 -n 1 -o value",
            "chronik-server consume orders --group billing --follow");
        new ConsumeCommand().AddTo(command, context);
        return command;
    }

    private void AddTo(Command command, CommandContext context)
    {
        command.Add(_topic);
        var place = StartOptions.AddTo(command, "from");
        Option[] options = [_count, _follow, _partitions, _group, _committed, _format];
        foreach (var option in options)
            command.Add(option);
        var cluster = ClusterOptions.AddTo(command);
        command.SetAction(async (result, cancellation) =>
        {
            await using var client = cluster.Connect(result, context);
            await RunAsync(client, result, place.Choose(result, context.Time), context, cancellation);
            return ExitCode.Done;
        });
    }

    private async Task RunAsync(KafkaClient client, ParseResult result, StartAt? place, CommandContext context, CancellationToken cancellation)
    {
        var follow = result.GetValue(_follow);
        var group = result.GetValue(_group);
        var start = place ?? (follow && group is null ? StartAt.End : StartAt.Beginning);
        var topic = result.GetRequiredValue(_topic);
        var partitions = result.GetValue(_partitions) is { Length: > 0 } chosen ? chosen : null;
        if (group is not null && partitions is not null)
            throw new CommandException("--group and --partition exclude each other: a group decides who reads which partition.", ExitCode.Misused);

        await client.GetTopicAsync(topic, cancellation: cancellation);
        await using var consumer = new Consumer(client, new ConsumerOptions
        {
            GroupId = group,
            DefaultStart = start,
            IsolationLevel = result.GetValue(_committed) ? IsolationLevel.ReadCommitted : IsolationLevel.ReadUncommitted,
        });
        if (group is null)
            await consumer.AssignTopicAsync(topic, start, partitions, cancellation);
        else
            consumer.Subscribe(topic);
        try
        {
            await PrintAsync(client, consumer, result, context, cancellation);
        }
        catch (OperationCanceledException) when (follow)
        {
            // Ctrl-C is how following ends.
        }
    }

    private async Task PrintAsync(KafkaClient client, Consumer consumer, ParseResult result, CommandContext context, CancellationToken cancellation)
    {
        var left = result.GetValue(_count) ?? long.MaxValue;
        var follow = result.GetValue(_follow);
        var format = result.GetValue(_format);
        var ends = new EndOfTopic(client);
        while (left > 0 && (follow || !await ends.IsReachedAsync(consumer.Positions, cancellation)))
        {
            var records = await consumer.PollAsync(PollTime, cancellation);
            var unread = new Dictionary<TopicPartition, long>();
            foreach (var record in records)
            {
                // What came in after it was started is not part of "all there is".
                if (left == 0 || (!follow && ends.IsBehind(record)))
                {
                    unread.TryAdd(record.Partition, record.Offset);
                    continue;
                }

                Print(record, format, context.Output);
                left--;
            }

            // A group must not commit what nobody has seen.
            foreach (var (partition, offset) in unread)
                await consumer.SeekAsync(partition, StartAt.Offset(offset), cancellation);

            context.Output.Flush();
        }
    }

    private static void Print(ConsumedRecord record, ConsumeFormat format, TextWriter output)
    {
        if (format == ConsumeFormat.Json)
            output.WriteLine(JsonSerializer.Serialize(RecordText.Row(record), RecordShapes.Default.RecordRow));
        else if (format == ConsumeFormat.Table)
            output.WriteLine(RecordText.Line(record));
        else
            output.WriteLine(record.Value is { } value ? Encoding.UTF8.GetString(value.Span) : "");
    }
}
