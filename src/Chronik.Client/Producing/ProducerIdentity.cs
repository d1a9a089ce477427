namespace Chronik.Client.Producing;

/// <summary>A producer id and epoch (KIP-98); with another one sequence numbers begin anew.</summary>
internal sealed record ProducerIdentity(long Id, short Epoch)
{
    public static ProducerIdentity None { get; } = new(-1, -1);
}
