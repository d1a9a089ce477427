using System.Buffers;

namespace Chronik.Broker.Network;

/// <summary>A pooled array that several requests may lie in; goes back to the pool when the last of them is answered.</summary>
internal sealed class FrameBuffer
{
    private readonly RequestMemory _memory;
    private readonly byte[] _array;
    private int _references = 1;

    private FrameBuffer(RequestMemory memory, int capacity)
    {
        _memory = memory;
        _array = ArrayPool<byte>.Shared.Rent(capacity);
        _memory.Take(_array.Length);
    }

    /// <summary>All bytes of the array.</summary>
    public Memory<byte> Memory => _array;

    /// <summary>How many bytes fit.</summary>
    public int Capacity => _array.Length;

    /// <summary>Rents one with room for at least <paramref name="capacity"/> bytes, held by the caller.</summary>
    public static FrameBuffer Rent(RequestMemory memory, int capacity) => new(memory, capacity);

    /// <summary>One more holder.</summary>
    public void Hold() => Interlocked.Increment(ref _references);

    /// <summary>One holder less.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
            _memory.Give(_array.Length);
        }
    }
}
