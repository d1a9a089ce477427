using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Chronik.Server.Output;

/// <summary>Writes answers for programs.</summary>
internal static class Json
{
    /// <summary>Writes one value, indented, with a line end behind it.</summary>
    public static void Write<T>(TextWriter output, T value, JsonTypeInfo<T> shape) =>
        output.WriteLine(JsonSerializer.Serialize(value, shape));
}
