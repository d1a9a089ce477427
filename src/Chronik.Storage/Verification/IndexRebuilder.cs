using Chronik.Records;
using Chronik.Storage.Indexes;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Producers;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Verification;

/// <summary>Builds indexes anew from a log that is whole.</summary>
internal sealed class IndexRebuilder(IFileSystem files, string directory, IReadOnlyList<long> bases, IReadOnlySet<long> wrong)
{
    private readonly LogConfig _config = new();

    /// <summary>All of the log is read, for a transaction may have begun long before the segment in which it was aborted.</summary>
    public void Run()
    {
        var producers = new ProducerStates();
        foreach (var offset in bases)
        {
            var segment = Segment.Open(files, directory, offset, _config, nowMs: 0);
            try
            {
                Walk(segment, producers, wrong.Contains(offset));
            }
            finally
            {
                segment.Release();
            }
        }

        files.SyncDirectory(directory);
    }

    private void Walk(Segment segment, ProducerStates producers, bool isWrong)
    {
        var length = segment.SizeBytes;
        var known = segment.TransactionIndex.Entries;
        var aborted = new List<AbortedRange>();
        if (isWrong)
            segment.TruncateTo(segment.BaseOffset, 0);
        Span<byte> buffer = stackalloc byte[HeaderWalk.BufferBytes];
        var walk = new HeaderWalk(segment.File, 0, length, buffer);
        while (walk.MoveNext())
        {
            var header = walk.Header;
            if (isWrong)
                segment.Account(header, _config.IndexIntervalBytes);
            if (!header.HasProducerId)
            {
                // What took the place of lost bytes: a marker that was there is known from the index alone.
                if (header.RecordCount == 0)
                    aborted.AddRange(Within(known, header.BaseOffset, header.NextOffset));
                continue;
            }

            var bytes = new byte[walk.SizeInBytes];
            if (segment.File.Read(bytes, walk.Position) == bytes.Length && producers.Apply(new RecordBatchView(bytes), null, 0) is { } range)
                aborted.Add(range);
        }

        if (!isWrong)
            return;
        segment.TransactionIndex.TruncateTo(long.MinValue);
        foreach (var range in aborted)
            segment.TransactionIndex.Append(range);
        segment.FlushIndexes();
        segment.SyncIndexes();
    }

    private static IEnumerable<AbortedRange> Within(AbortedRange[] known, long first, long next) =>
        known.Where(entry => entry.LastOffset >= first && entry.LastOffset < next && entry.FirstOffset >= 0
            && entry.FirstOffset <= entry.LastOffset && entry.LastStableOffset >= 0 && entry.LastStableOffset <= entry.LastOffset + 1);
}
