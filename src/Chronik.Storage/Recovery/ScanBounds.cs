namespace Chronik.Storage.Recovery;

/// <summary>What recovery knows of a segment's end before it looks at it.</summary>
/// <param name="Following">The base offset of the next segment, or null.</param>
/// <param name="Durable">Records below it were durable, whatever the file shows.</param>
/// <param name="MayBeTorn">What was not durable may be lost in part: the machine stopped, or its disk failed.</param>
/// <param name="WasClosedCleanly">Nothing was written behind <paramref name="Durable"/>.</param>
/// <param name="MayEndInGap">Compaction may have taken the last records.</param>
internal readonly record struct ScanBounds(long? Following, long Durable, bool MayBeTorn, bool WasClosedCleanly, bool MayEndInGap);
