using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Chronik.Compat.DotnetClient;

/// <summary>Binds Confluent.Kafka to a librdkafka that lies anywhere, instead of the one of its own package.</summary>
internal static class LibrdkafkaFile
{
    public static void Load(string path)
    {
        NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, (name, _, _) => Resolve(name, path));
        Library.Load(path);
    }

    private static IntPtr Resolve(string name, string path)
    {
        if (name.Contains("rdkafka", StringComparison.Ordinal))
            return NativeLibrary.Load(path);
        // Some Linux distributions keep the plain names for the compiler's package only.
        if (name is "libdl" or "libdl.so")
            return NativeLibrary.Load("libdl.so.2");
        return name == "libc" ? NativeLibrary.Load("libc.so.6") : IntPtr.Zero;
    }
}
