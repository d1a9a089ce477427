using System.Buffers;

namespace Chronik.Records;

/// <summary>A growing buffer in pooled memory, to build record bytes in.</summary>
internal sealed class PooledBuffer : IDisposable
{
    private byte[] _array;

    public PooledBuffer(int capacity) => _array = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, 256));

    public int Length { get; private set; }

    public Span<byte> Written => _array.AsSpan(0, Length);

    /// <summary>Room behind what is written; <see cref="Advance"/> tells how much of it was used.</summary>
    public Span<byte> Reserve(int count)
    {
        if (count > _array.Length - Length)
            Grow(count);
        return _array.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    public void Clear() => Length = 0;

    /// <summary>Hands the memory over; the buffer is empty and disposed afterwards.</summary>
    public RentedBytes Detach()
    {
        var detached = new RentedBytes(_array, Length);
        _array = [];
        Length = 0;
        return detached;
    }

    public void Dispose()
    {
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
        _array = [];
        Length = 0;
    }

    private void Grow(int count)
    {
        var needed = checked(Length + count);
        var grown = ArrayPool<byte>.Shared.Rent((int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _array.Length)));
        Written.CopyTo(grown);
        if (_array.Length > 0)
            ArrayPool<byte>.Shared.Return(_array);
        _array = grown;
    }
}
