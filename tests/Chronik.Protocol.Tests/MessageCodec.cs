namespace Chronik.Protocol.Tests;

/// <summary>A message type whose name a test knows only when it runs.</summary>
internal abstract class MessageCodec
{
    private static readonly MessageCodec[] _all = FindAll();

    public abstract string Name { get; }

    /// <summary>Reads a message that must be all there is.</summary>
    public abstract object Read(ReadOnlyMemory<byte> bytes, short version);

    /// <summary>Reads a message that bytes may follow.</summary>
    public abstract object ReadPart(ReadOnlyMemory<byte> bytes, short version);

    public abstract byte[] Write(object message, short version);

    public static MessageCodec Request(ApiKey api) => _all.Single(codec => codec.Name == $"{api}Request");

    public static MessageCodec Response(ApiKey api) => _all.Single(codec => codec.Name == $"{api}Response");

    public static MessageCodec Of(ApiKey api, string side) => side == "request" ? Request(api) : Response(api);

    private static MessageCodec[] FindAll() =>
    [
        .. from type in typeof(ApiKeys).Assembly.GetExportedTypes()
           where type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IKafkaMessage<>)) && !type.IsInterface
           let codec = typeof(Typed<>).MakeGenericType(type)
           select (MessageCodec)Activator.CreateInstance(codec, nonPublic: true)!,
    ];

    private sealed class Typed<T> : MessageCodec
        where T : IKafkaMessage<T>
    {
        public override string Name => typeof(T).Name;

        public override object Read(ReadOnlyMemory<byte> bytes, short version)
        {
            var reader = new KafkaReader(bytes);
            var message = T.Read(ref reader, version);
            Assert.Equal(0, reader.Remaining);
            return message;
        }

        public override object ReadPart(ReadOnlyMemory<byte> bytes, short version)
        {
            var reader = new KafkaReader(bytes);
            return T.Read(ref reader, version);
        }

        public override byte[] Write(object message, short version)
        {
            using var writer = new KafkaWriter(16);
            ((T)message).Write(writer, version);
            return writer.WrittenSpan.ToArray();
        }
    }
}
