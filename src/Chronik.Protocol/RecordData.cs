namespace Chronik.Protocol;

/// <summary>
/// A <c>records</c> field: bytes that are never copied on the way. Read from a request it is a slice of the frame;
/// written in a response it may also be a region that lives elsewhere (a segment file), sent as it is.
/// </summary>
public readonly struct RecordData
{
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ExternalRecords? _external;
    private readonly bool _present;

    /// <summary>Records in memory.</summary>
    public RecordData(ReadOnlyMemory<byte> memory)
    {
        _memory = memory;
        _present = true;
    }

    /// <summary>Records that live elsewhere.</summary>
    public RecordData(ExternalRecords external)
    {
        _external = external;
        _present = true;
    }

    /// <summary>The wire's null.</summary>
    public static RecordData Null => default;

    /// <summary>No records, not null.</summary>
    public static RecordData Empty { get; } = new(ReadOnlyMemory<byte>.Empty);

    /// <summary>True for the wire's null.</summary>
    public bool IsNull => !_present;

    /// <summary>Length in bytes; 0 for null.</summary>
    public int Length => _external?.Length ?? _memory.Length;

    /// <summary>The region outside of memory, or null.</summary>
    public ExternalRecords? External => _external;

    /// <summary>The bytes, where they are in memory.</summary>
    /// <exception cref="InvalidOperationException">They live elsewhere.</exception>
    public ReadOnlyMemory<byte> Memory =>
        _external is null ? _memory : throw new InvalidOperationException("These records are not in memory.");

    /// <summary>A copy of the bytes, wherever they are; a region outside of memory is given back. Empty for null.</summary>
    public byte[] TakeBytes()
    {
        if (_external is null)
            return _memory.ToArray();
        using (_external)
        {
            var bytes = new byte[_external.Length];
            _external.CopyTo(0, bytes);
            return bytes;
        }
    }
}
