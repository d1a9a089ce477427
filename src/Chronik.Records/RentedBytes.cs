using System.Buffers;

namespace Chronik.Records;

/// <summary>Bytes in pooled memory. Dispose it once, when nothing looks at them any more.</summary>
public sealed class RentedBytes : IDisposable
{
    private byte[]? _array;

    internal RentedBytes(byte[] array, int length)
    {
        _array = array;
        Length = length;
    }

    /// <summary>How many bytes.</summary>
    public int Length { get; }

    /// <summary>The bytes.</summary>
    public Memory<byte> Memory => Array.AsMemory(0, Length);

    /// <summary>The bytes.</summary>
    public Span<byte> Span => Array.AsSpan(0, Length);

    private byte[] Array => _array ?? throw new ObjectDisposedException(nameof(RentedBytes));

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose()
    {
        if (_array is not { } array)
            return;
        _array = null;
        ArrayPool<byte>.Shared.Return(array);
    }
}
