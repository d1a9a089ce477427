namespace Chronik.Campaigns.BrokerSimulation;

/// <summary>
/// One value that clients write and read: knows which values a reader may be given, when writes overlap, get lost, or may or
/// may not have worked (a register is linearizable). Times are the run's own ticks.
/// </summary>
internal sealed class Register<T>
{
    private readonly List<Write> _writes = [];

    /// <summary>A register with a value; without <paramref name="isKnown"/> nobody knows which.</summary>
    public Register(T initial, bool isKnown = true) => _writes.Add(new Write(initial, 0) { End = 0, IsDone = true, IsWild = !isKnown });

    /// <summary>Someone asked for a value to be written.</summary>
    public Write Begin(T value, long now)
    {
        var write = new Write(value, now);
        _writes.Add(write);
        return write;
    }

    /// <summary>It was answered that nothing is written.</summary>
    public void Refused(Write write) => _writes.Remove(write);

    /// <summary>The process is gone: what it has not done it never will.</summary>
    public void EndAll(long now)
    {
        foreach (var write in _writes)
            write.End = Math.Min(write.End, now);
        _writes.RemoveAll(write => IsGone(write, now));
    }

    /// <summary>A reader that asked at <paramref name="asked"/> was given this value; false where it may not be.</summary>
    public bool TryRead(T value, long asked, long now)
    {
        var possible = _writes.FindAll(write => (write.IsWild || EqualityComparer<T>.Default.Equals(write.Value, value)) && !IsGone(write, asked));
        if (possible is [{ IsWild: false, IsDone: false } only])
            only.Done(now);
        return possible.Count > 0;
    }

    /// <summary>What may be read now.</summary>
    public override string ToString() => string.Join(" or ", _writes.Select(static write => write.IsWild ? "anything" : $"{write.Value}"));

    // Another write began after it had ended, and was done before the reader asked.
    private bool IsGone(Write write, long asked) => _writes.Exists(other => other.IsDone && other.Start > write.End && other.End <= asked);

    /// <summary>A value on its way.</summary>
    internal sealed class Write(T value, long start)
    {
        public T Value => value;

        public long Start => start;

        public long End { get; set; } = long.MaxValue;

        public bool IsDone { get; set; }

        public bool IsWild { get; init; }

        /// <summary>It was answered that the value is written.</summary>
        public void Done(long now) => (IsDone, End) = (true, Math.Min(End, now));
    }
}
