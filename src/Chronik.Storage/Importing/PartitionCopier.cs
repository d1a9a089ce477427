using Chronik.Protocol;
using Chronik.Records;
using Chronik.Storage.IO;
using Chronik.Storage.Recovery;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Importing;

/// <summary>Copies the folder of a partition and looks at every batch of the copy. What it read from stays as it was.</summary>
public sealed class PartitionCopier(IFileSystem files)
{
    private const int BufferBytes = 1 << 20;
    private static readonly string[] s_suffixes =
        [SegmentFiles.Log, SegmentFiles.OffsetIndex, SegmentFiles.TimeIndex, SegmentFiles.TransactionIndex, SegmentFiles.ProducerSnapshot];

    private readonly byte[] _buffer = new byte[BufferBytes];

    /// <summary>Why a partition's folder cannot be taken as it is, in a sentence; null where it can.</summary>
    public string? Problem(string directory) =>
        files.ListFiles(directory).FirstOrDefault(static name => name.EndsWith(".swap", StringComparison.Ordinal)) is { } swap
            ? $"{directory}/{swap} is left of a compaction that was interrupted: start Kafka once more and stop it with SIGTERM, then import again."
            : null;

    /// <summary>Bytes that a copy of a partition's folder takes.</summary>
    public long SizeOf(string directory) => Names(directory).Sum(name =>
    {
        using var file = files.Open($"{directory}/{name}", FileOpenKind.Read);
        return file.Length;
    });

    /// <summary>Copies; durable when it returns, but for the name of the new folder.</summary>
    /// <param name="from">The partition's folder.</param>
    /// <param name="to">The new folder.</param>
    /// <param name="topicId">The identity of its topic.</param>
    /// <param name="copied">Told how many bytes were copied, now and then.</param>
    /// <exception cref="IOException">Something cannot be read or written.</exception>
    public CopiedPartition Copy(string from, string to, TopicId topicId, Action<long> copied)
    {
        ArgumentNullException.ThrowIfNull(copied);
        files.CreateDirectory(to);
        foreach (var name in Names(from))
            CopyFile($"{from}/{name}", $"{to}/{name}", copied);
        AtomicFile.Replace(files, $"{to}/{PartitionMetadata.FileName}", PartitionMetadata.Format(topicId));
        files.SyncDirectory(to);
        return Check(from, to);
    }

    private IEnumerable<string> Names(string directory) => files.ListFiles(directory).Where(static name =>
        name == Log.LeaderEpochs.FileName || Array.Exists(s_suffixes, suffix => SegmentFiles.TryParse(name, suffix, out _)));

    private void CopyFile(string from, string to, Action<long> copied)
    {
        using var source = files.Open(from, FileOpenKind.Read);
        using var target = files.Open(to, FileOpenKind.CreateOrTruncate);
        var length = source.Length;
        for (long position = 0; position < length;)
        {
            var read = source.Read(_buffer.AsSpan(0, (int)Math.Min(_buffer.Length, length - position)), position);
            if (read == 0)
                throw new EndOfStreamException($"{from} became shorter while it was copied: is Kafka running?");
            target.Write(_buffer.AsSpan(0, read), position);
            position += read;
            copied(read);
        }

        target.Sync();
    }

    private CopiedPartition Check(string from, string to)
    {
        long bytes = 0, batches = 0, records = 0;
        var damage = new List<CopiedDamage>();
        foreach (var name in files.ListFiles(to))
        {
            if (!SegmentFiles.TryParse(name, SegmentFiles.Log, out var nextOffset))
                continue;
            using var reader = new LogFileReader(files, $"{to}/{name}");
            while (reader.MoveNext())
            {
                bytes += reader.End - reader.Position;
                if (reader.IsDamage)
                {
                    damage.Add(new CopiedDamage($"{from}/{name}", reader.Position, reader.End, nextOffset, NextOffset: null));
                    continue;
                }

                var batch = new RecordBatchView(reader.Batch.Span);
                if (damage is [.., { NextOffset: null } last] && last.End == reader.Position)
                    damage[^1] = last with { NextOffset = batch.BaseOffset };
                nextOffset = batch.NextOffset;
                batches++;
                records += batch.IsControl ? 0 : batch.RecordCount;
            }
        }

        return new CopiedPartition(bytes, batches, records, damage);
    }
}
