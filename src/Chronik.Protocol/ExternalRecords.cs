namespace Chronik.Protocol;

/// <summary>Record bytes outside of memory, such as a region of a segment file; disposing gives the region back.</summary>
public abstract class ExternalRecords : IDisposable
{
    /// <summary>Length in bytes.</summary>
    public abstract int Length { get; }

    /// <summary>Copies bytes from <paramref name="position"/> of the region; for transports that cannot send the region itself.</summary>
    public abstract void CopyTo(int position, Span<byte> destination);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the region back.</summary>
    protected abstract void Dispose(bool disposing);
}
