using System.Reflection;
using System.Runtime.InteropServices;
using Chronik.Protocol;

namespace Chronik.Records;

/// <summary>Finds liblz4 and libzstd under the names that they have on Linux, macOS and Windows, when one is first used.</summary>
internal static class NativeCodecs
{
    public const string Lz4 = "lz4";
    public const string Zstd = "zstd";

    private static readonly Lazy<nint> s_lz4 = new(static () => Load(
        "liblz4.so.1", "liblz4.1.dylib", "/opt/homebrew/lib/liblz4.1.dylib", "/usr/local/lib/liblz4.1.dylib", "liblz4", "lz4"));

    private static readonly Lazy<nint> s_zstd = new(static () => Load(
        "libzstd.so.1", "libzstd.1.dylib", "/opt/homebrew/lib/libzstd.1.dylib", "/usr/local/lib/libzstd.1.dylib", "libzstd", "zstd"));

    static NativeCodecs() => NativeLibrary.SetDllImportResolver(typeof(NativeCodecs).Assembly, static (name, _, _) => Handle(name));

    /// <summary>Makes sure that a library is there, so that its absence is one clear error. Before the first call into it.</summary>
    public static void Require(string library)
    {
        if (Handle(library) == 0)
            throw Missing(library);
    }

    public static RecordFormatException Missing(string library) => new(
        ErrorCode.UnsupportedCompressionType,
        $"This machine has no lib{library}: install it to use {library} compression (Debian: {(library == Zstd ? "libzstd1" : "liblz4-1")}).");

    private static nint Handle(string name) => name switch
    {
        Lz4 => s_lz4.Value,
        Zstd => s_zstd.Value,
        _ => 0,
    };

    private static nint Load(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(NativeCodecs).Assembly, DllImportSearchPath.SafeDirectories, out var handle))
                return handle;
        }

        return 0;
    }
}
