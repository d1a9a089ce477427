using System.Text.Json;
using System.Text.Json.Serialization;
using Chronik.Protocol;

namespace Chronik.Broker.Tests.Conversations;

/// <summary>Records as base64, as Kafka's own JSON has them.</summary>
internal sealed class RecordDataConverter : JsonConverter<RecordData>
{
    public override bool HandleNull => true;

    public override RecordData Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? RecordData.Null : new RecordData(reader.GetBytesFromBase64());

    public override void Write(Utf8JsonWriter writer, RecordData value, JsonSerializerOptions options)
    {
        if (value.IsNull)
            writer.WriteNullValue();
        else
            writer.WriteBase64StringValue(value.Memory.Span);
    }
}
