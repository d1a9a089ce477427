using System.Runtime.InteropServices;

namespace Chronik.Storage.Compaction;

/// <summary>
/// The last offset of each key, in a table of fixed size: 24 bytes for a key, whatever its length (Kafka's SkimpyOffsetMap).
/// The memory comes from the system as pages of zeros, so that a page that no key falls into costs nothing, and goes back with
/// the pass. One thread at a time.
/// </summary>
internal sealed unsafe class OffsetMap : IDisposable
{
    public const int EntryBytes = 24;
    private readonly SipHash128 _hash;
    private readonly long _entriesMax;
    private readonly long _slots;
    private Entry* _table;

    /// <summary>A table for at most so many keys, within a bound of memory.</summary>
    /// <param name="keysMax">How many keys there can be; more room than that is not taken.</param>
    /// <param name="bytesMax">log.cleaner.dedupe.buffer.size of one pass.</param>
    /// <param name="loadFactor">log.cleaner.io.buffer.load.factor: the part of the table that is used.</param>
    /// <param name="hash">The hash of this pass.</param>
    public OffsetMap(long keysMax, long bytesMax, double loadFactor, SipHash128 hash)
    {
        _slots = Math.Max(2, Math.Min(bytesMax / EntryBytes, (long)(keysMax / loadFactor) + 2));
        _entriesMax = Math.Max(1, (long)(_slots * loadFactor));
        if (_entriesMax == _slots)
            _entriesMax--;
        _hash = hash;
        _table = (Entry*)NativeMemory.AllocZeroed((nuint)_slots, EntryBytes);
    }

    /// <summary>How many keys are in it.</summary>
    public long Count { get; private set; }

    /// <summary>Up to which offset the log was taken in, -1 for nothing.</summary>
    public long LatestOffset { get; set; } = -1;

    /// <summary>The part of the room for keys that is used.</summary>
    public double Utilization => (double)Count / _entriesMax;

    /// <summary>Notes a key's offset; false if it is a new key and there is no room.</summary>
    public bool TryPut(ReadOnlySpan<byte> key, long offset)
    {
        var entry = Find(key, out var hash);
        if (entry->OffsetPlusOne == 0)
        {
            if (Count >= _entriesMax)
                return false;
            Count++;
            entry->Lower = (ulong)hash;
            entry->Upper = (ulong)(hash >> 64);
        }

        entry->OffsetPlusOne = offset + 1;
        LatestOffset = offset;
        return true;
    }

    /// <summary>The last offset of a key, or -1.</summary>
    public long Get(ReadOnlySpan<byte> key) => Find(key, out _)->OffsetPlusOne - 1;

    public void Dispose()
    {
        if (_table is not null)
            NativeMemory.Free(_table);
        _table = null;
    }

    // There is always a free slot, so the search ends.
    private Entry* Find(ReadOnlySpan<byte> key, out UInt128 hash)
    {
        ObjectDisposedException.ThrowIf(_table is null, this);
        hash = _hash.Compute(key);
        var (lower, upper) = ((ulong)hash, (ulong)(hash >> 64));
        var slot = (long)Math.BigMul(upper, (ulong)_slots, out _);
        while (true)
        {
            var entry = _table + slot;
            if (entry->OffsetPlusOne == 0 || (entry->Lower == lower && entry->Upper == upper))
                return entry;
            slot = slot + 1 == _slots ? 0 : slot + 1;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public ulong Lower;
        public ulong Upper;
        public long OffsetPlusOne;
    }
}
