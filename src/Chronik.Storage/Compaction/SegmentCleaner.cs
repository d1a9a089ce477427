using System.Buffers;
using Chronik.Records;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Compaction;

/// <summary>Writes what stays of a group of segments into a new one, a buffer at a time.</summary>
internal sealed class SegmentCleaner : IDisposable
{
    private readonly Segment[] _sources;
    private readonly Segment _cleaned;
    private readonly CleaningRun _run;
    private readonly Dictionary<long, LastOfProducer> _producers;
    private readonly LogView _view;
    private readonly int _lastWithRecords;
    private readonly BatchOffsetsWriter _offsets;
    private byte[] _output;
    private int _outputLength;
    private int _index = -1;

    public SegmentCleaner(
        IFileSystem files, CleaningRun run, in LogView view, Segment[] sources, Segment cleaned, Dictionary<long, LastOfProducer> producers)
    {
        _run = run;
        _view = view;
        _sources = sources;
        _cleaned = cleaned;
        _producers = producers;
        _lastWithRecords = Array.FindLastIndex(sources, static source => source.SizeBytes > 0);
        _output = ArrayPool<byte>.Shared.Rent(run.IoBufferBytes);
        run.Transactions.Index = cleaned.TransactionIndex;
        NextSource();
        _offsets = new BatchOffsetsWriter(files, cleaned.BatchOffsets.Path, cleaned.BaseOffset);
    }

    /// <summary>Reads one buffer and writes what stays of it; true when nothing is left to read.</summary>
    public bool Step()
    {
        while (_index < _sources.Length && _run.Source.IsAtEnd)
            NextSource();
        if (_index == _sources.Length)
        {
            _offsets.Finish();
            return true;
        }

        _run.Source.Fill();
        while (_run.Source.TryNext(out var batch))
        {
            _run.Stats.BytesRead += batch.SizeInBytes;
            Take(batch, isLast: _index == _lastWithRecords && _run.Source.IsAtEnd);
        }

        Flush();
        return false;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_output);
        _output = [];
        _offsets.Dispose();
    }

    private void NextSource()
    {
        if (++_index == _sources.Length)
            return;
        var source = _sources[_index];
        var next = _view.SegmentOf(source.BaseOffset) + 1;
        _run.Transactions.AddAborted(_view, source.BaseOffset, _view.Segments[next].BaseOffset);
        _run.Source.Begin(source, 0, _view.Segments[next].BaseOffset);
    }

    private void Take(RecordBatchView batch, bool isLast)
    {
        _run.Stats.RecordsRead += batch.RecordCount;
        var isDiscardable = _run.Transactions.IsDiscardable(batch);
        var isPastHorizon = batch.HasDeleteHorizon && batch.BaseTimestamp <= _run.NowMs;
        if (isDiscardable && (!batch.IsControl || isPastHorizon))
        {
            Emptied(batch, isLast);
            return;
        }

        if (!batch.IsControl && batch.BaseOffset > _run.Map.LatestOffset)
        {
            Write(batch.Bytes, batch.RecordCount);
            return;
        }

        var retention = new RecordRetention(_run.Map, _run.Stats, batch.IsControl, isPastHorizon);
        switch (_run.Filter.Apply(batch, ref retention, _run.DeleteHorizonMs, alwaysSetsHorizon: isDiscardable))
        {
            case BatchFilterOutcome.Unchanged:
                Write(batch.Bytes, batch.RecordCount);
                break;
            case BatchFilterOutcome.Rewritten:
                Write(_run.Filter.Rewritten, _run.Filter.RecordsKept);
                break;
            default:
                Emptied(batch, isLast);
                break;
        }
    }

    // Without records a batch stays for what its header says: the last sequence number of a producer; where the log ends, or
    // the segment: else a gap up to the next one could not be told from what a power cut took.
    private void Emptied(RecordBatchView batch, bool isLast)
    {
        if (!isLast && batch.NextOffset != _run.UpperBoundOffset && !IsLastOfProducer(batch))
            return;
        Span<byte> header = stackalloc byte[RecordBatchHeader.SizeInBytes];
        RecordBatchFilter.WriteEmpty(batch, header);
        Write(header, records: 0);
    }

    private bool IsLastOfProducer(RecordBatchView batch)
    {
        if (!batch.HasProducerId || !_producers.TryGetValue(batch.ProducerId, out var last))
            return false;
        return last.DataOffset == LastOfProducer.NoData
            ? batch.IsControl && batch.ProducerEpoch == last.Epoch
            : batch.LastOffset == last.DataOffset;
    }

    private void Write(ReadOnlySpan<byte> batch, int records)
    {
        _run.Stats.RecordsKept += records;
        _run.Stats.BytesKept += batch.Length;
        if (_outputLength + batch.Length > _output.Length)
            Flush();
        if (batch.Length > _output.Length)
        {
            ArrayPool<byte>.Shared.Return(_output);
            _output = ArrayPool<byte>.Shared.Rent(batch.Length);
        }

        batch.CopyTo(_output.AsSpan(_outputLength));
        _outputLength += batch.Length;
    }

    private void Flush()
    {
        var output = _output.AsSpan(0, _outputLength);
        if (_cleaned.SizeBytes > int.MaxValue - output.Length)
            throw new UncleanableException($"What stays of {_sources[0].File.Path} does not fit into one segment.");
        _cleaned.Write(output);
        for (var at = 0; at < output.Length;)
        {
            var batch = new RecordBatchView(output[at..]);
            _offsets.Add(batch, _cleaned.SizeBytes);
            _cleaned.Account(batch, _run.IndexIntervalBytes);
            at += batch.SizeInBytes;
        }

        _outputLength = 0;
    }
}
