using Chronik.Records;
using Chronik.Storage.IO;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Verification;

/// <summary>Verifies one segment: its batches from front to back, and beside them its three indexes.</summary>
internal sealed class SegmentVerifier(VerificationOptions options, string directory, PartitionFacts facts, SegmentPlace place, Findings findings)
{
    private const int DecompressedBytesMax = 1 << 30;
    private const int ProgressBytes = 8 << 20;

    private readonly string _log = NameOf(place.BaseOffset, SegmentFiles.Log);

    // What lies above the recovery point is read and mended by the next start anyway.
    private readonly FindingSeverity _indexSeverity =
        facts.WasClosedCleanly || place.FollowingOffset <= place.DurableOffset ? FindingSeverity.Damage : FindingSeverity.Note;

    private long _reportedBytes;
    private long _batches;
    private bool _isLastKnown;

    /// <summary>The offset behind the last batch.</summary>
    public long NextOffset { get; private set; } = place.BaseOffset;

    /// <summary>The log file holds nothing but valid batches in their places.</summary>
    public bool IsWhole { get; private set; } = true;

    public void Run(EpochCheck epochs, OpenTransactions transactions, bool isFromStart)
    {
        // The indexes first: a server that writes meanwhile writes the log before them.
        using var offsetEntries = Entries(SegmentFiles.OffsetIndex, OffsetIndexCheck.EntryBytes);
        using var timeEntries = Entries(SegmentFiles.TimeIndex, Indexes.TimeIndex.EntryBytes);
        using var transactionEntries = Entries(SegmentFiles.TransactionIndex, TransactionIndexCheck.EntryBytes);
        using var file = options.Files.Open($"{directory}/{_log}", FileOpenKind.Read);
        using var window = new FileWindow(file, file.Length, stepsOverUnreadable: true);
        var offsets = new OffsetIndexCheck(offsetEntries, place.BaseOffset);
        var times = new TimeIndexCheck(timeEntries, place.BaseOffset);
        var aborted = new TransactionIndexCheck(transactionEntries, place, transactions, isFromStart);
        var parts = new LogPartReader(window, place);
        while (parts.MoveNext())
        {
            var part = parts.Current;
            OnPart(part, window, epochs);
            _isLastKnown = part.Kind == LogPartKind.Batch && place.Known?.OffsetAt((int)Math.Min(part.Position, int.MaxValue), part.Header.Crc) is not null;
            offsets.OnPart(part);
            times.OnPart(part);
            aborted.OnPart(part, window);
            Report(part.End);
        }

        NextOffset = parts.NextOffset;
        Finish(window.Length, LacksEnd(window.Length, times));
        if (place.Known?.Problem is { } problem)
            findings.Add(NameOf(place.BaseOffset, SegmentFiles.BatchOffsets), FindingKind.BatchOffsets, problem);
        if (options.IsLive && place.IsLast)
            return;
        offsets.Finish();
        times.Finish(isClosed: facts.WasClosedCleanly || !place.IsLast);
        aborted.Finish();
        Add(SegmentFiles.OffsetIndex, FindingKind.OffsetIndex, offsetEntries, offsets.Problems, window.Length);
        Add(SegmentFiles.TimeIndex, FindingKind.TimeIndex, timeEntries, times.Problems, window.Length);
        findings.Add(NameOf(place.BaseOffset, SegmentFiles.TransactionIndex), FindingKind.TransactionIndex, aborted.Problems, _indexSeverity);
    }

    private static string NameOf(long baseOffset, string suffix) => SegmentFiles.Path("", baseOffset, suffix)[1..];

    private FileEntries Entries(string suffix, int entryBytes) =>
        new(options.Files, $"{directory}/{NameOf(place.BaseOffset, suffix)}", entryBytes);

    private void OnPart(in LogPart part, FileWindow window, EpochCheck epochs)
    {
        switch (part.Kind)
        {
            case LogPartKind.Batch:
                _batches++;
                if (part.HasGap && !place.IsGapKnown(part.ExpectedOffset, part.Header.BaseOffset))
                    AddLog(FindingKind.OffsetGap, part.Position, part.Position, part.ExpectedOffset, part.Header.BaseOffset, "offsets are missing in front of a batch");
                epochs.OnBatch(_log, part.Header);
                if (options.IsDeep)
                    LookInto(part, window);
                break;
            case LogPartKind.WrongOffset:
                _batches++;
                AddLog(FindingKind.WrongOffset, part.Position, part.End, part.ExpectedOffset, part.NextOffset, $"the batch says offset {part.Header.BaseOffset}, what is beside it proves {part.ExpectedOffset}");
                break;
            case LogPartKind.Damage or LogPartKind.Tail when window.IsUnreadable(part.Position, part.End):
                AddLog(FindingKind.CannotRead, part.Position, part.End, part.ExpectedOffset, part.NextOffset, window.ReadError!);
                break;
            case LogPartKind.Damage:
                AddLog(FindingKind.DamagedBatch, part.Position, part.End, part.ExpectedOffset, part.NextOffset, WhatIs(part.Position, window));
                break;
            default:
                OnTail(part, window);
                break;
        }
    }

    private void OnTail(in LogPart part, FileWindow window)
    {
        if (options.IsLive && place.IsLast)
            return;
        var isExpected = !facts.WasClosedCleanly && part.ExpectedOffset >= place.DurableOffset;
        if (isExpected)
            findings.Add(_log, FindingKind.TornTail, FindingSeverity.Note, (part.Position, part.End), default, "the file ends in what is no whole batch");
        else
            AddLog(FindingKind.TornTail, part.Position, part.End, part.ExpectedOffset, part.NextOffset, WhatIs(part.Position, window));
    }

    private string WhatIs(long position, FileWindow window)
    {
        var reader = new LogPartReader(window, place);
        if (reader.TryHeader(position, out var header))
            return reader.TryBatch(position, out _)
                ? $"a batch of offsets {header.BaseOffset} to {header.LastOffset} is in a place that is not its own"
                : "the checksum of the batch is wrong";
        var head = window.At(position, RecordBatchHeader.SizeInBytes);
        if (!head.ContainsAnyExcept((byte)0))
            return "zeros in the place of a batch";
        return head.Length > LogPartReader.MagicAt && head[LogPartReader.MagicAt] < RecordBatchHeader.CurrentMagic
            ? $"no valid batch header (format {head[LogPartReader.MagicAt]})"
            : "no valid batch header";
    }

    private void LookInto(in LogPart part, FileWindow window)
    {
        var bytes = window.At(part.Position, part.Header.SizeInBytes);
        if (bytes.Length < part.Header.SizeInBytes)
            bytes = window.Copy(part.Position, part.Header.SizeInBytes);
        if (BatchInspector.FindProblem(new RecordBatchView(bytes), DecompressedBytesMax) is { } problem)
            AddLog(FindingKind.UnreadableRecords, part.Position, part.End, part.Header.BaseOffset, part.NextOffset, problem);
    }

    // Compaction does not leave it like that: see Segment.LostAllBatches and CheckedWalk.LacksEnd.
    private bool LacksEnd(long length, TimeIndexCheck times) =>
        times.HasMore && (length == 0 || (_isLastKnown && place.Known?.KnowsBehind((int)Math.Min(length, int.MaxValue)) == true));

    private void Finish(long length, bool lacksEnd)
    {
        Report(length, isLast: true);
        options.Progress?.AddSegment();
        if (!place.IsLast && NextOffset < place.FollowingOffset && (lacksEnd || !place.IsGapKnown(NextOffset, place.FollowingOffset)))
            AddLog(FindingKind.OffsetGap, length, length, NextOffset, place.FollowingOffset, "offsets are missing up to the next segment");
    }

    private void AddLog(FindingKind kind, long position, long end, long first, long next, string problem)
    {
        IsWhole &= kind == FindingKind.UnreadableRecords;
        findings.Add(_log, kind, FindingSeverity.Damage, (position, end), (first, next), problem);
    }

    private void Add(string suffix, FindingKind kind, FileEntries entries, IndexProblems problems, long logBytes)
    {
        var name = NameOf(place.BaseOffset, suffix);
        if (!entries.Exists && logBytes > 0)
            findings.Add(name, kind, "the index is missing", _indexSeverity);
        else
            findings.Add(name, kind, problems, _indexSeverity);
        if (problems.HasZeros && facts.WasClosedCleanly)
            findings.Add(name, FindingKind.Leftover, "zeros behind the entries, as in an index that Kafka has open", FindingSeverity.Note);
    }

    private void Report(long position, bool isLast = false)
    {
        if (position - _reportedBytes < ProgressBytes && !isLast)
            return;
        options.Progress?.AddBatches(position - _reportedBytes, _batches);
        _reportedBytes = position;
        _batches = 0;
    }
}
