using System.Collections.Concurrent;

namespace Chronik.Records;

/// <summary>
/// Keeps a few native (de)compression contexts for the next batch: making one costs more than a small batch does.
/// Like <see cref="System.Buffers.ArrayPool{T}.Shared"/> it holds no state that anyone could see.
/// </summary>
internal sealed class NativeContextPool(string library, Func<nint> create, Action<nint> free)
{
    private readonly ConcurrentQueue<nint> _idle = new();
    private readonly int _idleMax = Math.Max(4, Environment.ProcessorCount);

    public nint Rent()
    {
        if (_idle.TryDequeue(out var context))
            return context;
        NativeCodecs.Require(library);
        var made = create();
        return made != 0 ? made : throw new InvalidOperationException("The compression library is out of memory.");
    }

    /// <summary>Takes back a context that has been reset.</summary>
    /// <param name="keep">False for one that has grown large, or may be broken.</param>
    public void Return(nint context, bool keep)
    {
        if (keep && _idle.Count < _idleMax)
            _idle.Enqueue(context);
        else
            free(context);
    }
}
