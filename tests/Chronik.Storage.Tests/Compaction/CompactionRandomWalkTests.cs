using System.Globalization;
using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.Log;
using Chronik.TestKit;

namespace Chronik.Storage.Tests.Compaction;

/// <summary>A compacted log and a model of it go through the same random life: writes, transactions, tombstones, trims, stops, crashes.</summary>
public sealed class CompactionRandomWalkTests
{
    private const int Steps = 250;
    private const int Keys = 12;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_last_value_of_each_key_is_never_lost_and_nothing_comes_back(int seed)
    {
        var random = new Random(seed);
        var walk = new Walk(random);
        for (var step = 0; step < Steps; step++)
        {
            walk.Step();
            if (step % 5 == 0)
                walk.Check($"seed {seed}, step {step}");
        }

        walk.Fixture.Commit();
        walk.Check($"seed {seed}, end");
        Assert.True(walk.HasCompacted, "Nothing was compacted.");
    }

    private sealed class Walk
    {
        private readonly Random _random;

        // By offset: what was written, and whether it is visible (null: its transaction is open).
        private readonly SortedDictionary<long, (string Key, string? Value, bool? IsCommitted)> _written = [];
        private readonly Dictionary<long, (int Sequence, bool IsOpen)> _producers = [];
        private readonly Dictionary<long, List<long>> _openOffsets = [];

        private readonly bool _trims;
        private long _start;

        public Walk(Random random)
        {
            _random = random;
            _trims = random.Next(3) == 0;
            Fixture.Store.Config = CompactionFixture.CompactConfig with
            {
                SegmentBytesMax = random.Next(300, 3000),
                MinCleanableDirtyRatio = random.Next(3) / 4.0,
                FileDeleteDelayMs = random.Next(2) * 7000,
                DeleteRetentionMs = random.Next(2) * 40_000,
            };
            Fixture.Store.Cleaner = Fixture.Store.Cleaner with { DedupeBufferBytes = random.Next(2) == 0 ? 24 * 8 : 1 << 20, IoBufferBytes = random.Next(1, 20_000) };
            Fixture.Open();
        }

        public CompactionFixture Fixture { get; } = new();

        public bool HasCompacted { get; private set; }

        public void Step()
        {
            switch (_random.Next(100))
            {
                case < 45:
                    Put(producerId: -1);
                    break;
                case < 65:
                    Put(_random.Next(3));
                    break;
                case < 75:
                    End();
                    break;
                case < 90:
                    Fixture.Compact();
                    HasCompacted |= Fixture.CleanerCheckpoint() is not null;
                    break;
                case < 92 when _trims:
                    Fixture.Commit();
                    _start = Fixture.Store.Scheduler.Run(() => Fixture.Log.TrimAsync(_random.NextInt64(_start, Fixture.Log.HighWatermark + 1)).AsTask());
                    break;
                case < 95:
                    Fixture.Commit();
                    Fixture.Continue(Fixture.Store.Restart());
                    break;
                default:
                    Crash();
                    break;
            }
        }

        public void Check(string where)
        {
            Fixture.Commit();
            var visible = new HashSet<long>();
            foreach (var (offset, key, value) in Read())
            {
                Assert.True(_written.TryGetValue(offset, out var written), $"{where}: nothing was written at {offset}.");
                Assert.True((written.Key, written.Value) == (key, value), $"{where}: {offset} is {key}={value}, not {written.Key}={written.Value}.");
                visible.Add(offset);
            }

            CheckAborted(where);
            var all = _written.Select(static pair => new KeyedRecord(pair.Key, pair.Value.Key, pair.Value.Value is null, pair.Value.IsCommitted));
            Assert.Null(CompactionRules.FindBroken(all, visible.Contains, _start) is { } broken ? $"{where}: {broken}" : null);
        }

        // Records of an aborted transaction that are still there are listed, so that consumers skip them.
        private void CheckAborted(string where)
        {
            var view = ((PartitionLog)Fixture.Log).CurrentView;
            var aborted = LogReader.CollectAborted(view, _start, view.HighWatermark.Offset);
            foreach (var bytes in Fixture.RawBatches())
            {
                var batch = new RecordBatchView(bytes);
                var (baseOffset, producerId) = (batch.BaseOffset, batch.ProducerId);
                if (batch.RecordCount > 0 && baseOffset >= _start && _written.TryGetValue(baseOffset, out var record) && record.IsCommitted == false)
                    Assert.True(aborted.Any(entry => entry.ProducerId == producerId && entry.FirstOffset <= baseOffset), $"{where}: the aborted {baseOffset} is not listed.");
            }
        }

        private IEnumerable<(long Offset, string Key, string? Value)> Read()
        {
            foreach (var text in Fixture.Records().Where(static text => text.Contains('=', StringComparison.Ordinal)))
            {
                var parts = text.Split(' ', '=');
                var offset = long.Parse(parts[0], CultureInfo.InvariantCulture);
                if (offset >= _start)
                    yield return (offset, parts[1], parts[2] == "-" ? null : parts[2]);
            }
        }

        private void Put(long producerId)
        {
            var records = new List<string?>();
            for (var i = _random.Next(1, 6); i > 0; i--)
            {
                records.Add($"k{_random.Next(Keys)}");
                records.Add(_random.Next(6) == 0 ? null : $"v{_random.Next(1000)}");
            }

            var codec = (CompressionCodec)_random.Next(5);
            byte[] batch;
            if (producerId < 0)
            {
                batch = CompactionFixture.Batch(codec, [.. records]);
            }
            else
            {
                var sequence = _producers.GetValueOrDefault(producerId).Sequence;
                batch = CompactionFixture.Idempotent(producerId, 0, sequence, true, [.. records]);
                _producers[producerId] = (sequence + (records.Count / 2), true);
            }

            var result = Fixture.Log.AppendOk(batch);
            for (var i = 0; i < records.Count; i += 2)
                _written[result.BaseOffset + (i / 2)] = (records[i]!, records[i + 1], producerId < 0 ? true : null);
            if (producerId >= 0)
                _openOffsets.TryAdd(producerId, []);
            for (var i = 0; producerId >= 0 && i < records.Count / 2; i++)
                _openOffsets[producerId].Add(result.BaseOffset + i);
        }

        private void End()
        {
            if (_openOffsets.Count == 0)
                return;
            var (producerId, offsets) = _openOffsets.ElementAt(_random.Next(_openOffsets.Count));
            var isCommit = _random.Next(2) == 0;
            Fixture.Log.AppendOk(Batches.Marker(isCommit, producerId, 0), AppendOrigin.Coordinator);
            _openOffsets.Remove(producerId);
            foreach (var offset in offsets)
                _written[offset] = _written[offset] with { IsCommitted = isCommit };
        }

        // Everything is durable before, so that the model need not guess what a crash takes.
        private void Crash()
        {
            Fixture.Commit();
            Fixture.Store.Time.Advance(TimeSpan.FromMilliseconds(Fixture.Store.Cleaner.BackoffMs));
            Fixture.Store.Scheduler.RunSome(_random.Next(60));
            var log = _random.Next(3) switch
            {
                0 => Fixture.Store.KillAndRestart(),
                1 => Fixture.Store.CrashAndRestart(),
                _ => Fixture.Store.CrashAndRestart(_random),
            };
            Fixture.Continue(log);
            Assert.Equal(ErrorCode.None, log.Read(log.LogStartOffset, 100, ReadBound.HighWatermark, true).Error);
        }
    }
}
