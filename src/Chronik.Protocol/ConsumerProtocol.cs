using Chronik.Protocol.Messages;

namespace Chronik.Protocol;

/// <summary>
/// The bytes that members of a classic consumer group exchange through JoinGroup and SyncGroup. A version stands in
/// front; a newer one than ours begins with the fields that ours has, so it is read as ours.
/// </summary>
public static class ConsumerProtocol
{
    /// <summary>Reads what a member tells the leader of its group.</summary>
    /// <exception cref="ProtocolException">The bytes are something else.</exception>
    public static ConsumerProtocolSubscription ReadSubscription(ReadOnlyMemory<byte> bytes) =>
        Read<ConsumerProtocolSubscription>(bytes);

    /// <summary>Reads what the leader assigns to a member; no bytes assign nothing.</summary>
    /// <exception cref="ProtocolException">The bytes are something else.</exception>
    public static ConsumerProtocolAssignment ReadAssignment(ReadOnlyMemory<byte> bytes) =>
        bytes.IsEmpty ? new ConsumerProtocolAssignment() : Read<ConsumerProtocolAssignment>(bytes);

    /// <summary>Writes a subscription or an assignment, its version in front.</summary>
    public static byte[] Write<T>(T message, short version)
        where T : IKafkaMessage<T>
    {
        using var writer = new KafkaWriter();
        writer.WriteInt16(version);
        message.Write(writer, version);
        return writer.WrittenSpan.ToArray();
    }

    private static T Read<T>(ReadOnlyMemory<byte> bytes)
        where T : IKafkaMessage<T>
    {
        var reader = new KafkaReader(bytes);
        short version = reader.ReadInt16();
        if (version < T.LowestVersion)
            throw new ProtocolException($"The consumer protocol has no version {version}.");
        return T.Read(ref reader, Math.Min(version, T.HighestVersion));
    }
}
