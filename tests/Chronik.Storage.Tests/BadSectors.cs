using Chronik.Storage.IO;

namespace Chronik.Storage.Tests;

/// <summary>A disk of which some pages cannot be read: a read that touches one fails as a whole. They can be written.</summary>
internal sealed class BadSectors(IFileSystem inner, Func<string, long, bool> isBad) : ForwardingFileSystem(inner)
{
    public const int PageBytes = 4096;

    public override IFile Open(string path, FileOpenKind kind) => new BadFile(Inner.Open(path, kind), isBad);

    private sealed class BadFile(IFile file, Func<string, long, bool> isBad) : ForwardingFile(file)
    {
        public override int Read(Span<byte> destination, long position)
        {
            var end = Math.Min(position + destination.Length, Length);
            for (var page = position / PageBytes; page * PageBytes < end; page++)
            {
                if (isBad(Path, page))
                    throw FaultyFileSystem.Error(FaultyFileSystem.Eio);
            }

            return base.Read(destination, position);
        }
    }
}
