namespace Chronik.Storage.Recovery;

/// <summary>The end of a log, as far as recovery looked at each of its batches: what is not in there need not be looked for.</summary>
/// <param name="From">Each batch from this offset on was looked at.</param>
/// <param name="HasProducers">One of them is of a producer that has an id.</param>
/// <param name="HasMarkers">One of them ends a transaction.</param>
internal readonly record struct ScannedEnd(long From, bool HasProducers, bool HasMarkers)
{
    public static ScannedEnd None { get; } = new(long.MaxValue, HasProducers: false, HasMarkers: false);

    /// <summary>The next segment was scanned, from an offset on.</summary>
    public ScannedEnd With(long from, SegmentScan scan) =>
        new(Math.Min(From, from), HasProducers || scan.HasProducers, HasMarkers || scan.HasMarkers);
}
