namespace Chronik.Storage.Segments;

/// <summary>What <see cref="CheckedWalk"/> met.</summary>
internal enum WalkStep
{
    /// <summary>A batch that is right in every way that can be told.</summary>
    Batch,

    /// <summary>Bytes that are no right batch, with right batches behind them.</summary>
    Damage,

    /// <summary>Bytes up to the end among which there is no right batch.</summary>
    Tail,

    /// <summary>The end, at a batch boundary.</summary>
    End,
}
