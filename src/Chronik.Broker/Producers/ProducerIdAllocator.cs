using Chronik.Catalog;

namespace Chronik.Broker.Producers;

/// <summary>Hands out producer ids, each once for ever. Ids are taken from the catalog in blocks, so most cost nothing.</summary>
internal sealed class ProducerIdAllocator(ICatalog catalog, long firstFree) : IDisposable
{
    private const int BlockSize = 1_000;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _next = firstFree;
    private long _blockEnd = firstFree;

    /// <summary>A producer id that nobody ever had. The rest of a block is lost when the broker stops.</summary>
    /// <exception cref="CatalogException">The next block could not be stored.</exception>
    public async ValueTask<long> TakeAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (_next == _blockEnd)
            {
                await catalog.WriteAsync(new ProducerIdsTaken(_blockEnd + BlockSize));
                _blockEnd += BlockSize;
            }

            return _next++;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();
}
