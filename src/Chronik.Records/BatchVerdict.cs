using Chronik.Protocol;

namespace Chronik.Records;

/// <summary>
/// What the validator says to the records that were produced to one partition. Dispose it when
/// <see cref="Batches"/> are written: they may lie in pooled memory.
/// </summary>
public readonly struct BatchVerdict : IDisposable, IEquatable<BatchVerdict>
{
    private readonly RentedBytes? _rented;

    private BatchVerdict(ErrorCode error, string? message, IReadOnlyList<RecordError>? recordErrors, Memory<byte> batches, RentedBytes? rented)
    {
        Error = error;
        ErrorMessage = message;
        RecordErrors = recordErrors ?? [];
        Batches = batches;
        _rented = rented;
    }

    /// <summary>NONE, or the error of Produce's answer.</summary>
    public ErrorCode Error { get; }

    /// <summary>A sentence for the client, or null.</summary>
    public string? ErrorMessage { get; }

    /// <summary>The records that made the batch be refused (KIP-467); empty where no single one did.</summary>
    public IReadOnlyList<RecordError> RecordErrors { get; }

    /// <summary>
    /// What to append: v2 batches. The produced bytes themselves, or, where they had to be converted or compressed
    /// anew, other ones. Empty with an error.
    /// </summary>
    public Memory<byte> Batches { get; }

    /// <summary>Whether the records may be appended.</summary>
    public bool IsValid => Error == ErrorCode.None;

    internal static BatchVerdict Accept(Memory<byte> batches) => new(ErrorCode.None, null, null, batches, null);

    internal static BatchVerdict Accept(RentedBytes batches) => new(ErrorCode.None, null, null, batches.Memory, batches);

    internal static BatchVerdict Refuse(ErrorCode error, string message, IReadOnlyList<RecordError>? recordErrors = null) =>
        new(error, message, recordErrors, default, null);

    /// <summary>Gives pooled memory back.</summary>
    public void Dispose() => _rented?.Dispose();

    /// <inheritdoc/>
    public bool Equals(BatchVerdict other) => Error == other.Error && Batches.Equals(other.Batches);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BatchVerdict other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Error, Batches);

    /// <summary>Whether both say the same of the same bytes.</summary>
    public static bool operator ==(BatchVerdict left, BatchVerdict right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(BatchVerdict left, BatchVerdict right) => !left.Equals(right);
}
