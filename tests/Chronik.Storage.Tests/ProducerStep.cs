namespace Chronik.Storage.Tests;

/// <summary>A step of a random life of producers.</summary>
internal abstract record ProducerStep
{
    /// <summary>A batch.</summary>
    internal sealed record Batch(long ProducerId, short Epoch, int Sequence, int Count, bool IsTransactional) : ProducerStep;

    /// <summary>The end of a transaction.</summary>
    internal sealed record Marker(long ProducerId, short Epoch, int CoordinatorEpoch, bool IsCommit, bool RaisesEpochs) : ProducerStep;
}
