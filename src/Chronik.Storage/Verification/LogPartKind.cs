namespace Chronik.Storage.Verification;

/// <summary>What a stretch of a segment file is.</summary>
internal enum LogPartKind
{
    /// <summary>A whole batch whose checksum and offsets are right.</summary>
    Batch,

    /// <summary>A whole batch whose checksum is right and whose neighbours prove that its base offset is not.</summary>
    WrongOffset,

    /// <summary>No valid batch; valid ones follow, here or in the next segment.</summary>
    Damage,

    /// <summary>No valid batch up to the end of the file.</summary>
    Tail,
}
