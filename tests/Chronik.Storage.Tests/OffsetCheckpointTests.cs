using System.Globalization;
using System.Text;
using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Recovery;

namespace Chronik.Storage.Tests;

/// <summary>Kafka's checkpoint files, sealed: no wrong number is believed, and no right one is lost to a wrong one.</summary>
public sealed class OffsetCheckpointTests
{
    private const string Path = "/data/log-start-offset-checkpoint";
    private static readonly TopicPartition s_first = new("orders", 0);
    private static readonly TopicPartition s_second = new("orders", 12);
    private readonly InMemoryFileSystem _files = new();

    public OffsetCheckpointTests()
    {
        _files.CreateDirectory("/data");
        Checkpoint().Write([new(s_first, 1234567), new(s_second, 8)]);
    }

    [Fact]
    public void Its_bytes_stay_as_they_are()
    {
        Checkpoint().Write([new(s_first, 7)]);
        Assert.Equal("0\n1\norders 0 7\t\t\t\t\t \t \t\t\t  \t\t \t \t\t\t\t\t  \t  \t   \n", Encoding.ASCII.GetString(AtomicFile.Read(_files, Path)!));
        Assert.Equal("orders 0 7", SealedLine.Format("x", "orders 0 7").TrimEnd());
    }

    [Fact]
    public void What_was_written_is_read()
    {
        var content = Checkpoint().Read();
        Assert.Equal([new(s_first, 1234567), new(s_second, 8)], content.Offsets);
        Assert.Empty(content.Problems);
        Assert.True(content is { Exists: true, IsComplete: true });
    }

    [Fact]
    public void No_flipped_bit_makes_a_wrong_number_and_each_is_told()
    {
        var whole = AtomicFile.Read(_files, Path)!;
        for (var bit = 0; bit < whole.Length * 8; bit++)
        {
            var bytes = (byte[])whole.Clone();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            var content = Read(bytes);
            Assert.NotEmpty(content.Problems);
            Assert.All(content.Offsets, static pair => Assert.Equal(pair.Key == s_first ? 1234567 : 8, pair.Value));
            Assert.True(content.Offsets.Count == 2 || !content.IsComplete);

            // Within a line it is set right; between lines one of them may be lost.
            var isInLine = bit / 8 >= "0\n2\n".Length && whole[bit / 8] != '\n' && bytes[bit / 8] is not ((byte)'\n' or (byte)'\r');
            Assert.True(!isInLine || content.IsComplete);
        }
    }

    [Fact]
    public void A_cut_file_never_shows_a_number_that_was_cut()
    {
        var whole = AtomicFile.Read(_files, Path)!;
        for (var length = 0; length < whole.Length; length++)
        {
            var content = Read(whole[..length]);
            Assert.NotEmpty(content.Problems);
            Assert.All(content.Offsets, static pair => Assert.Equal(pair.Key == s_first ? 1234567 : 8, pair.Value));
        }
    }

    [Fact]
    public void Lines_of_another_file_are_not_believed()
    {
        _files.Rename(Path, "/data/recovery-point-offset-checkpoint");
        var content = new OffsetCheckpoint(_files, "/data/recovery-point-offset-checkpoint").Read();
        Assert.Empty(content.Offsets);
        Assert.Equal(2, content.Problems.Count);
    }

    [Theory]
    [InlineData("0\n2\norders 0 5\norders 12 8\n", 2)]
    [InlineData("0\r\n1\r\norders 0 5\r\n", 1)]
    [InlineData("0\n0\n", 0)]
    public void What_Kafka_wrote_is_believed(string text, int count)
    {
        var content = Read(Encoding.ASCII.GetBytes(text));
        Assert.Equal(count, content.Offsets.Count);
        Assert.Empty(content.Problems);
        Assert.True(content.IsComplete);
    }

    [Theory]
    [InlineData("0\n2\norders 0 5\n")]
    [InlineData("0\n1\norders 0 5")]
    [InlineData("1\n1\norders 0 5\n")]
    [InlineData("0\n1\norders 0 -5\n")]
    [InlineData("0\n1\norders 0 5 6\n")]
    [InlineData("0\n")]
    [InlineData("")]
    public void What_Kafka_would_refuse_is_not(string text)
    {
        var content = Read(Encoding.ASCII.GetBytes(text));
        Assert.Empty(content.Offsets);
        Assert.NotEmpty(content.Problems);
        Assert.False(content.IsComplete);
    }

    [Fact]
    public void A_log_goes_on_where_it_was_trimmed_to_although_a_bit_is_wrong_and_it_is_told()
    {
        var fixture = Trimmed();
        Change(fixture, static text => text.Replace("t 0 3", "t 0 7", StringComparison.Ordinal));
        Assert.Equal(3, fixture.OpenLog().LogStartOffset);
        Assert.Equal(["/data/log-start-offset-checkpoint is damaged: one bit was wrong in the line 't 0 3'; nothing is lost by it"], fixture.Logged);
    }

    [Fact]
    public void A_start_that_cannot_be_known_hides_nothing_and_says_what_may_show_up()
    {
        var fixture = Trimmed();
        Change(fixture, static text => text.Replace("t 0 3", "t 0 40", StringComparison.Ordinal));
        Assert.Equal(0, fixture.OpenLog().LogStartOffset);
        Assert.Equal(
            ["/data/log-start-offset-checkpoint is damaged: the line 't 0 40' is not as it was written; " +
            "logs that it names no more start with their first segment, so deleted records may show up again"],
            fixture.Logged);
    }

    [Fact]
    public void A_missing_file_of_log_starts_is_told()
    {
        var fixture = Trimmed();
        fixture.Memory.Delete(Path);
        Assert.Equal(0, fixture.OpenLog().LogStartOffset);
        Assert.Contains("is damaged: it is missing", Assert.Single(fixture.Logged), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_known_of_a_log_that_could_not_be_opened_is_kept()
    {
        var fixture = Trimmed();
        fixture.Fault = static (_, path) => path.Contains("/t-0/", StringComparison.Ordinal) ? FaultyFileSystem.Error(FaultyFileSystem.Eio) : null;
        Assert.Single(fixture.Open().Unopened);
        fixture.Close();
        fixture.Fault = null;
        fixture.Logged.Clear();
        Assert.Equal((3L, 8L), (fixture.OpenLog().LogStartOffset, fixture.LogOf(fixture.Store).LogEndOffset));
    }

    private static StoreFixture Trimmed()
    {
        var fixture = new StoreFixture();
        var log = fixture.OpenLog();
        for (var i = 0; i < 8; i++)
            log.AppendOk(Batches.Of(i.ToString(CultureInfo.InvariantCulture)));
        fixture.Scheduler.RunAll();
        fixture.Scheduler.Run(() => log.TrimAsync(3).AsTask());
        fixture.Close();
        Assert.Empty(fixture.Logged);
        return fixture;
    }

    private static void Change(StoreFixture fixture, Func<string, string> change) =>
        AtomicFile.WriteText(fixture.Memory, Path, change(AtomicFile.ReadText(fixture.Memory, Path)!));

    private OffsetCheckpoint Checkpoint() => new(_files, Path);

    private CheckpointContent Read(byte[] bytes)
    {
        AtomicFile.Write(_files, Path, bytes);
        return Checkpoint().Read();
    }
}
