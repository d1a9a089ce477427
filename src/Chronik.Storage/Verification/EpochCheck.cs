namespace Chronik.Storage.Verification;

/// <summary>
/// Holds the leader epochs of batches against those of their neighbours and of the checkpoint: no checksum covers either. A
/// single batch that differs is wrong itself; where many differ from the checkpoint, that is.
/// </summary>
internal sealed class EpochCheck(IReadOnlyList<(int Epoch, long StartOffset)>? checkpoint)
{
    private const int Unknown = -1;
    private int _epoch = Unknown;
    private (string File, BatchHeader Header)? _different;

    /// <summary>Batches whose epoch is wrong, with the right one.</summary>
    public List<(string File, BatchHeader Header, int Epoch)> Wrong { get; } = [];

    /// <summary>How the checkpoint differs from the log, in words, or null.</summary>
    public string? CheckpointProblem { get; private set; }

    /// <summary>Where each epoch begins, as the batches tell.</summary>
    public List<(int Epoch, long StartOffset)> Observed { get; } = [];

    public void OnBatch(string file, in BatchHeader header)
    {
        if (header.Epoch == Unknown)
            return;
        if (_epoch == Unknown)
            _epoch = Stated(header.BaseOffset) is var stated and not Unknown ? stated : header.Epoch;
        if (_different is { } different)
        {
            _different = null;
            var isMany = header.Epoch == different.Header.Epoch && (header.Epoch > _epoch || Observed.Count == 0);
            if (isMany || IsStated(different.Header) || (IsBelowStated(different.Header) && different.Header.Epoch <= header.Epoch))
                Accept(different.Header);
            else
                Wrong.Add((different.File, different.Header, _epoch));
        }

        if (header.Epoch != _epoch)
            _different = (file, header);
        else
            Accept(header);
    }

    public void Finish()
    {
        if (_different is not { } last)
            return;
        if (IsStated(last.Header) || IsBelowStated(last.Header) || Observed.Count == 0)
            Accept(last.Header);
        else
            Wrong.Add((last.File, last.Header, _epoch));
    }

    private void Accept(in BatchHeader header)
    {
        if (Observed.Count == 0 || Observed[^1].Epoch != header.Epoch)
            Observed.Add((header.Epoch, header.BaseOffset));
        _epoch = header.Epoch;
        if (Stated(header.BaseOffset) is var stated and not Unknown && stated != header.Epoch)
            CheckpointProblem ??= $"it says epoch {stated} for offset {header.BaseOffset}, the batch there {header.Epoch}";
    }

    // The checkpoint begins at the log's start, which may lie within a batch.
    private bool IsStated(in BatchHeader header) => Stated(header.LastOffset) == header.Epoch;

    // Of what lies below the log's start it says nothing, but epochs do not go back.
    private bool IsBelowStated(in BatchHeader header) =>
        checkpoint is { Count: > 0 } && header.LastOffset < checkpoint[0].StartOffset && header.Epoch >= _epoch && header.Epoch <= checkpoint[0].Epoch;

    private int Stated(long offset)
    {
        for (var i = (checkpoint?.Count ?? 0) - 1; i >= 0; i--)
        {
            if (checkpoint![i].StartOffset <= offset)
                return checkpoint[i].Epoch;
        }

        return Unknown;
    }
}
