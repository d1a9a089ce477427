namespace Chronik.Storage.Log;

/// <summary>Something with files to be made durable by the next group commit.</summary>
internal interface ICommittable
{
    /// <summary>Hands over what is dirty now; what becomes dirty later belongs to a later commit.</summary>
    void BeginCommit(CommitRound round);

    /// <summary>What was handed over is durable, or it is not certain to be.</summary>
    void EndCommit(CommitRound round, IOException? error);
}
