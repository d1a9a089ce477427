namespace Chronik.Storage.Producers;

/// <summary>Arithmetic of sequence numbers: they run from 0 to Int32.MaxValue and then from 0 again.</summary>
internal static class Sequences
{
    public const int None = -1;

    public static int Minus(int sequence, int delta) =>
        sequence >= delta ? sequence - delta : (int)(sequence - (long)delta + int.MaxValue + 1);

    public static bool Follows(int last, int next) => next == last + 1L || (next == 0 && last == int.MaxValue);
}
