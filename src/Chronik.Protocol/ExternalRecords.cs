using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Chronik.Protocol;

/// <summary>Record bytes outside of memory, such as a region of a segment file; disposing gives the region back.</summary>
public abstract class ExternalRecords : IDisposable
{
    /// <summary>Length in bytes.</summary>
    public abstract int Length { get; }

    /// <summary>Copies bytes from <paramref name="position"/> of the region; for transports that cannot send the region itself.</summary>
    public abstract void CopyTo(int position, Span<byte> destination);

    /// <summary>The file and the offset of the region's first byte, where it lies in one file that the system can send from.</summary>
    public virtual bool TryGetFile([NotNullWhen(true)] out SafeFileHandle? file, out long offset)
    {
        file = null;
        offset = 0;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the region back.</summary>
    protected abstract void Dispose(bool disposing);
}
