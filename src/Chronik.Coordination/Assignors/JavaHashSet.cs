using System.Collections;

namespace Chronik.Coordination.Assignors;

/// <summary>
/// A set that is walked in the order in which a <c>java.util.HashMap</c> of the same history is walked: by bucket,
/// and within a bucket by age. Bins that Java would turn into trees (more than eight colliding keys) are not imitated.
/// </summary>
internal sealed class JavaHashSet<T>(Func<T, int> hash) : IReadOnlyCollection<T>
    where T : notnull
{
    private const int CapacityMin = 16;
    private const int BinLengthMax = 8;
    private const int TreeCapacityMin = 64;

    private readonly HashSet<T> _known = [];
    private readonly List<T> _byAge = [];
    private int _capacity = CapacityMin;

    public int Count => _byAge.Count;

    public static JavaHashSet<T> Of(IEnumerable<T> items, Func<T, int> hash)
    {
        var set = new JavaHashSet<T>(hash);
        foreach (var item in items)
            set.Add(item);
        return set;
    }

    public void Add(T item)
    {
        if (!_known.Add(item))
            return;
        _byAge.Add(item);
        if (_capacity < TreeCapacityMin && _byAge.Count(other => Bucket(other) == Bucket(item)) > BinLengthMax)
            _capacity *= 2;
        if (_byAge.Count > _capacity / 4 * 3)
            _capacity *= 2;
    }

    public void Remove(T item)
    {
        if (_known.Remove(item))
            _byAge.Remove(item);
    }

    public T First() => _byAge.MinBy(Bucket)!;

    public IEnumerator<T> GetEnumerator() => _byAge.OrderBy(Bucket).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int Bucket(T item)
    {
        var code = hash(item);
        return (code ^ (code >>> 16)) & (_capacity - 1);
    }
}
