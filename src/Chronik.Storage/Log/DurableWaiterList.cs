using Chronik.Protocol;

namespace Chronik.Storage.Log;

/// <summary>A list of waiters, without allocating: they are its links.</summary>
internal struct DurableWaiterList
{
    private DurableWaiter? _first;
    private DurableWaiter? _last;

    public readonly bool IsEmpty => _first is null;

    public int Count { readonly get; private set; }

    public void Add(DurableWaiter waiter)
    {
        waiter.Next = null;
        Count++;
        if (_last is null)
            _first = waiter;
        else
            _last.Next = waiter;
        _last = waiter;
    }

    /// <summary>Moves those who wait for at most <paramref name="offset"/> to another list, with their result.</summary>
    public void MoveTo(ref DurableWaiterList other, long offset, ErrorCode result)
    {
        var waiter = _first;
        _first = _last = null;
        Count = 0;
        while (waiter is not null)
        {
            var next = waiter.Next;
            if (waiter.Offset <= offset)
            {
                waiter.Result = result;
                other.Add(waiter);
            }
            else
            {
                Add(waiter);
            }

            waiter = next;
        }
    }

    /// <summary>Completes them all; their continuations run here, so the caller holds no lock.</summary>
    public void CompleteAll()
    {
        var waiter = _first;
        _first = _last = null;
        Count = 0;
        while (waiter is not null)
        {
            // Once completed it may be in use again.
            var next = waiter.Next;
            waiter.Next = null;
            waiter.Complete();
            waiter = next;
        }
    }
}
