namespace Chronik.Broker.Importing;

/// <summary>A topic of an import.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its identity, which stays what it was.</param>
/// <param name="Partitions">How many partitions it has.</param>
/// <param name="Records">Records in its log files.</param>
/// <param name="Bytes">Bytes of its log files.</param>
/// <param name="Result">What became of it: taken, there already, or left out and why.</param>
internal sealed record ImportedTopic(string Name, string Id, int Partitions, long Records, long Bytes, string Result)
{
    internal const string Taken = "taken";
    internal const string ThereAlready = "there already";

    /// <summary>It came with this import.</summary>
    internal bool IsTaken => Result == Taken;

    /// <summary>It was wanted and could not be taken.</summary>
    internal bool IsLeftOut => Result is not (Taken or ThereAlready);
}
