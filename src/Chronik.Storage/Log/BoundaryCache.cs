using Chronik.Storage.Segments;

namespace Chronik.Storage.Log;

/// <summary>
/// Where the last appends ended: a consumer that keeps up asks for exactly these offsets, and needs no index. The owner's
/// lock guards it.
/// </summary>
internal sealed class BoundaryCache
{
    private const int Length = 32;
    private readonly LogPosition[] _positions = new LogPosition[Length];
    private int _count;

    public void Add(LogPosition position) => _positions[_count++ & (Length - 1)] = position;

    public void Clear() => _count = 0;

    public LogPosition? Find(long offset)
    {
        for (var i = _count - 1; i >= Math.Max(0, _count - Length); i--)
        {
            ref readonly var position = ref _positions[i & (Length - 1)];
            if (position.Offset == offset)
                return position;
            if (position.Offset < offset)
                return null;
        }

        return null;
    }
}
