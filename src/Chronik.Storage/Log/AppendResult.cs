using Chronik.Protocol;

namespace Chronik.Storage.Log;

/// <summary>What an append came to.</summary>
/// <param name="Error">NONE, or why nothing was written.</param>
/// <param name="BaseOffset">The first record's offset; for a duplicate, the offset that it got the first time; -1 with an error.</param>
/// <param name="LastOffset">The last record's offset.</param>
/// <param name="LogAppendTimeMs">The time that was stamped (LogAppendTime), or -1 (CreateTime).</param>
/// <param name="LogStartOffset">The log's first readable offset.</param>
/// <param name="IsDuplicate">A repeat of one of the producer's last five batches: nothing was written.</param>
/// <param name="ErrorMessage">A sentence for the client, or null.</param>
public readonly record struct AppendResult(
    ErrorCode Error,
    long BaseOffset,
    long LastOffset,
    long LogAppendTimeMs,
    long LogStartOffset,
    bool IsDuplicate = false,
    string? ErrorMessage = null);
