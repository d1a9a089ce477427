using System.Text;

namespace Chronik.Records;

/// <summary>A record's header (KIP-82), where it lies.</summary>
public readonly ref struct RecordHeaderView
{
    internal RecordHeaderView(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool isValueNull)
    {
        Key = key;
        Value = value;
        IsValueNull = isValueNull;
    }

    /// <summary>Its name, in UTF-8.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>Its value; empty where it is null.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Whether the value is null.</summary>
    public bool IsValueNull { get; }

    /// <summary>A copy that outlives the batch.</summary>
    public RecordHeader ToHeader() =>
        new(Encoding.UTF8.GetString(Key), IsValueNull ? default(ReadOnlyMemory<byte>?) : Value.ToArray());
}
