namespace Chronik.Protocol;

/// <summary>A structure of the wire protocol that exists in several versions.</summary>
/// <typeparam name="TSelf">The message itself.</typeparam>
public interface IKafkaMessage<TSelf>
    where TSelf : IKafkaMessage<TSelf>
{
    /// <summary>The oldest version that can be read and written.</summary>
    static abstract short LowestVersion { get; }

    /// <summary>The newest version that can be read and written.</summary>
    static abstract short HighestVersion { get; }

    /// <summary>The first version with compact lengths and tagged fields (KIP-482); 32767 where there is none.</summary>
    static abstract short FirstFlexibleVersion { get; }

    /// <summary>Reads a message. Record bytes and byte fields are slices of the reader's memory, not copies.</summary>
    /// <exception cref="ProtocolException">The bytes are not a message of this version.</exception>
    /// <exception cref="UnsupportedVersionException">There is no such version.</exception>
    static abstract TSelf Read(ref KafkaReader reader, short version);

    /// <summary>Writes the message.</summary>
    /// <exception cref="UnsupportedVersionException">There is no such version, or it cannot carry a field's value.</exception>
    void Write(KafkaWriter writer, short version);
}
