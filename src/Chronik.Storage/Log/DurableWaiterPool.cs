namespace Chronik.Storage.Log;

/// <summary>Waiters that are not in use.</summary>
internal sealed class DurableWaiterPool
{
    private const int KeptMax = 4096;
    private readonly Lock _lock = new();
    private DurableWaiter? _first;
    private int _count;

    public DurableWaiter Rent()
    {
        lock (_lock)
        {
            if (_first is not { } waiter)
                return new DurableWaiter(this);
            _first = waiter.Next;
            _count--;
            waiter.Next = null;
            return waiter;
        }
    }

    public void Return(DurableWaiter waiter)
    {
        lock (_lock)
        {
            if (_count >= KeptMax)
                return;
            waiter.Next = _first;
            _first = waiter;
            _count++;
        }
    }
}
