using System.Runtime.CompilerServices;

namespace Chronik.Server.Commands.Records;

/// <summary>Reads lines as bytes: whatever stands between two line feeds is a record.</summary>
internal static class LineReader
{
    /// <summary>The lines, without their line feeds; a last one without a line feed counts if it is not empty.</summary>
    public static async IAsyncEnumerable<byte[]> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var buffer = new byte[64 * 1024];
        var rest = new MemoryStream();
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellation)) > 0)
        {
            var from = 0;
            int feed;
            while ((feed = Array.IndexOf(buffer, (byte)'\n', from, read - from)) >= 0)
            {
                rest.Write(buffer, from, feed - from);
                yield return rest.ToArray();
                rest.SetLength(0);
                from = feed + 1;
            }

            rest.Write(buffer, from, read - from);
        }

        if (rest.Length > 0)
            yield return rest.ToArray();
    }

    /// <summary>All of it as one.</summary>
    public static async IAsyncEnumerable<byte[]> ReadWholeAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var whole = new MemoryStream();
        await stream.CopyToAsync(whole, cancellation);
        yield return whole.ToArray();
    }
}
