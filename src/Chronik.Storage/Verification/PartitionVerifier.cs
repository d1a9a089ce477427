using System.Globalization;
using Chronik.Protocol;
using Chronik.Storage.IO;
using Chronik.Storage.Log;
using Chronik.Storage.Producers;
using Chronik.Storage.Recovery;
using Chronik.Storage.Segments;

namespace Chronik.Storage.Verification;

/// <summary>Verifies the folder of one partition.</summary>
internal sealed class PartitionVerifier
{
    private static readonly string[] s_leftovers = [SegmentFiles.Temporary, ".deleted", ".cleaned", ".swap", SegmentFiles.Moved];
    private static readonly string[] s_indexes = [SegmentFiles.OffsetIndex, SegmentFiles.TimeIndex, SegmentFiles.TransactionIndex];

    private readonly VerificationOptions _options;
    private readonly PartitionFacts _facts;
    private readonly string _directory;
    private readonly IReadOnlyList<string> _names;
    private readonly Findings _findings;

    public PartitionVerifier(VerificationOptions options, PartitionFacts facts)
    {
        _options = options;
        _facts = facts;
        _directory = $"{options.DataDirectory}/{facts.Name}";
        _names = options.Files.ListFiles(_directory);
        _findings = new Findings(facts.Name);
    }

    public IReadOnlyList<LogFinding> Run()
    {
        var segments = _names.Where(static name => SegmentFiles.TryParse(name, SegmentFiles.Log, out _)).Select(BaseOffsetOf).ToList();
        LookAtNames(segments);
        LookAtMetadata();
        var epochs = new EpochCheck(ReadEpochs(segments.Count > 0));
        var endOffset = VerifySegments(segments, epochs);

        // What cannot be read contradicts nothing.
        if (!_findings.All.Any(static finding => finding.Kind == FindingKind.CannotRead))
        {
            LookAtEpochs(epochs);
            LookAtEnd(segments, endOffset);
        }

        LookAtSnapshots(endOffset);
        return _findings.All;
    }

    private static long BaseOffsetOf(string name) => SegmentFiles.TryParse(name, SegmentFiles.Log, out var offset) ? offset : -1;

    private long VerifySegments(List<long> segments, EpochCheck epochs)
    {
        var transactions = new OpenTransactions();
        var gaps = new KnownGaps(_facts.CompactedUpTo, _names);
        var isFromStart = segments.Count > 0 && segments[0] == 0;
        var recoveryPoint = _facts.RecoveryPoint ?? 0;
        var next = segments.Count > 0 ? segments[0] : 0;
        for (var i = 0; i < segments.Count; i++)
        {
            var isLast = i == segments.Count - 1;
            var place = new SegmentPlace(
                segments[i], isLast ? long.MaxValue : segments[i + 1], recoveryPoint,
                isLast && _facts.WasClosedCleanly ? _facts.RecoveryPoint ?? -1 : -1, gaps)
            {
                Known = BatchOffsets.Beside(_options.Files, _directory, segments[i]),
            };
            var verifier = new SegmentVerifier(_options, _directory, _facts, place, _findings);
            try
            {
                verifier.Run(epochs, transactions, isFromStart);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _findings.Add(SegmentFiles.Path("", segments[i], SegmentFiles.Log)[1..], FindingKind.CannotRead, e.Message);
            }

            isFromStart &= verifier.IsWhole;
            next = verifier.NextOffset;
        }

        return next;
    }

    private void LookAtNames(List<long> segments)
    {
        foreach (var offset in BatchOffsets.MissingIn(_names))
            _findings.Add(SegmentFiles.Name(offset, SegmentFiles.BatchOffsets), FindingKind.BatchOffsets, "it is missing");
        foreach (var name in _names)
        {
            if (Array.Exists(s_leftovers, suffix => name.EndsWith(suffix, StringComparison.Ordinal)))
                _findings.Add(name, FindingKind.Leftover, "work that was not finished", FindingSeverity.Note);
            else if (Array.Exists(s_indexes, suffix => SegmentFiles.TryParse(name, suffix, out var offset) && !segments.Contains(offset)))
                OnIndexWithoutLog(name, segments);
            else if (SegmentFiles.TryParse(name, SegmentFiles.BatchOffsets, out var known) && !segments.Contains(known))
                _findings.Add(name, FindingKind.Leftover, "it is of a segment that is not there", FindingSeverity.Note);
        }

        if (_facts.WasClosedCleanly && segments.Count > 0 && (_facts.LogStart is not null || _facts.IsStartKnown) && (_facts.LogStart ?? 0) < segments[0])
            AddMissing(SegmentFiles.Path("", segments[0], SegmentFiles.Log)[1..], _facts.LogStart ?? 0, segments[0], "the log does not begin where it was closed");

        if (segments.Count == 0 && _facts.RecoveryPoint > 0)
            _findings.Add("", FindingKind.MissingPartition, $"no segment is in it, but records up to {_facts.RecoveryPoint} were durable");
    }

    // A segment's log is deleted after its indexes.
    private void OnIndexWithoutLog(string name, List<long> segments)
    {
        var offset = long.Parse(name.AsSpan(0, name.IndexOf('.', StringComparison.Ordinal)), NumberStyles.None, CultureInfo.InvariantCulture);
        var next = segments.Append(Math.Max(offset + 1, _facts.RecoveryPoint ?? 0)).First(next => next > offset);
        if (_options.IsLive || next <= (_facts.LogStart ?? 0))
            _findings.Add(name, FindingKind.Leftover, "an index without a segment", FindingSeverity.Note);
        else if (name.EndsWith(SegmentFiles.OffsetIndex, StringComparison.Ordinal))
            AddMissing(name, Math.Max(offset, _facts.LogStart ?? 0), next, "the segment's log file is missing");
    }

    private void AddMissing(string name, long first, long next, string problem) =>
        _findings.Add(name, FindingKind.OffsetGap, FindingSeverity.Damage, (0, 0), (first, next), problem);

    private void LookAtMetadata()
    {
        if (!_names.Contains(PartitionMetadata.FileName))
            return;
        var id = PartitionMetadata.Read(_options.Files, _directory, out var isWhole);
        if (id == TopicId.None)
            _findings.Add(PartitionMetadata.FileName, FindingKind.PartitionMetadata, "it names no topic");
        else if (id != _facts.TopicId)
            _findings.Add(PartitionMetadata.FileName, FindingKind.PartitionMetadata, $"it names the topic id {id}, other folders of this topic do not");
        else if (!isWhole)
            _findings.Add(PartitionMetadata.FileName, FindingKind.PartitionMetadata, "it is not as Kafka or Chronik write it");
    }

    private List<(int Epoch, long StartOffset)>? ReadEpochs(bool isExpected)
    {
        if (!_names.Contains(LeaderEpochs.FileName))
        {
            if (isExpected)
                _findings.Add(LeaderEpochs.FileName, FindingKind.EpochCheckpoint, "it is missing", FindingSeverity.Note);
            return null;
        }

        var lines = TextCheckpoint.Parse(AtomicFile.ReadText(_options.Files, $"{_directory}/{LeaderEpochs.FileName}"));
        var epochs = new List<(int Epoch, long StartOffset)>();
        foreach (var words in lines ?? [])
        {
            if (words is [var epoch, var start] && int.TryParse(epoch, out var number) && long.TryParse(start, out var offset)
                && (epochs.Count == 0 || (number > epochs[^1].Epoch && offset >= epochs[^1].StartOffset)))
                epochs.Add((number, offset));
            else
                lines = null;
        }

        if (lines is not null)
            return epochs;
        _findings.Add(LeaderEpochs.FileName, FindingKind.EpochCheckpoint, "it is no checkpoint of ascending epochs");
        return null;
    }

    private void LookAtEpochs(EpochCheck epochs)
    {
        epochs.Finish();
        foreach (var (file, header, epoch) in epochs.Wrong)
        {
            _findings.Add(
                file, FindingKind.WrongEpoch, FindingSeverity.Damage, (header.Position, header.End), (header.BaseOffset, header.NextOffset),
                $"the batch says leader epoch {header.Epoch}, its neighbours {epoch}");
        }

        if (epochs.CheckpointProblem is { } problem)
            _findings.Add(LeaderEpochs.FileName, FindingKind.EpochCheckpoint, problem);
    }

    private void LookAtEnd(List<long> segments, long endOffset)
    {
        if (segments.Count == 0 || _options.IsLive)
            return;
        var last = SegmentFiles.Path("", segments[^1], SegmentFiles.Log)[1..];
        if (_facts.RecoveryPoint > endOffset && !new KnownGaps(0, _names).Contains(endOffset, _facts.RecoveryPoint.Value))
        {
            var end = _options.Files.FileExists($"{_directory}/{last}") ? Length(last) : 0;
            _findings.Add(
                last, FindingKind.MissingTail, FindingSeverity.Damage, (end, end), (endOffset, _facts.RecoveryPoint.Value),
                $"the log ends at {endOffset}, but records up to {_facts.RecoveryPoint} were durable");
        }
        else if (_facts.WasClosedCleanly && _facts.RecoveryPoint is { } point && point < endOffset)
        {
            _findings.Add("", FindingKind.RecoveryPoint, $"it says {point}, but the log was closed at {endOffset}");
        }

        if (_facts.LogStart > endOffset)
            _findings.Add("", FindingKind.LogStart, $"it says {_facts.LogStart}, but the log ends at {endOffset}");
    }

    private void LookAtSnapshots(long endOffset)
    {
        foreach (var name in _names)
        {
            if (!SegmentFiles.TryParse(name, SegmentFiles.ProducerSnapshot, out var offset))
                continue;
            if (offset > endOffset && !_options.IsLive)
                _findings.Add(name, FindingKind.Leftover, $"it is of offset {offset}, behind the log's end {endOffset}", FindingSeverity.Note);
            else if (AtomicFile.Read(_options.Files, $"{_directory}/{name}") is { } bytes && !ProducerSnapshot.TryRead(bytes, new ProducerStates()))
                _findings.Add(name, FindingKind.ProducerSnapshot, "its checksum, version or length is wrong");
        }
    }

    private long Length(string name)
    {
        using var file = _options.Files.Open($"{_directory}/{name}", FileOpenKind.Read);
        return file.Length;
    }
}
