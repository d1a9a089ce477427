using Chronik.Protocol;

namespace Chronik.Broker.Dispatch;

/// <summary>One API that is served: its versions, and the way from a body's bytes to a response.</summary>
internal abstract class ApiEntry
{
    private protected ApiEntry(ApiDescription description, ApiVersionRange versions)
    {
        Description = description;
        Versions = versions;
    }

    /// <summary>What the schemas say of it.</summary>
    public ApiDescription Description { get; }

    /// <summary>The versions served.</summary>
    public ApiVersionRange Versions { get; }

    /// <summary>Decodes a body and starts its handler, which completes the request, at once or later.</summary>
    /// <exception cref="ProtocolException">The bytes are not this request.</exception>
    public abstract void Start(RequestUnderWay request, ReadOnlyMemory<byte> body);

    /// <summary>Writes a response's body.</summary>
    public abstract void WriteBody(object response, KafkaWriter writer, short version);
}
