using System.Text;
using Chronik.Records;

namespace Chronik.Storage.Recovery;

/// <summary>
/// A line of a checkpoint with a CRC-32C that Kafka does not see: 32 characters of white space behind its words, a space for each
/// bit that is 0 and a tab for each that is 1, highest first. It is in the line, so a crash cannot part the two; and the file's name
/// is in it, so a line of another file is none of this one. What Kafka wrote has no seal.
/// </summary>
internal static class SealedLine
{
    /// <summary>Characters behind the words.</summary>
    public const int SealLength = 32;

    // Fewer are what an editor or a person may leave.
    private const int RemnantMin = 8;
    private const byte Zero = (byte)' ';
    private const byte One = (byte)'\t';

    /// <summary>Appends the words and their seal, in ASCII.</summary>
    public static string Format(string file, string words)
    {
        var crc = CrcOf(file, Encoding.Latin1.GetBytes(words));
        return string.Create(words.Length + SealLength, (words, crc), static (line, from) =>
        {
            from.words.CopyTo(line);
            for (var i = 0; i < SealLength; i++)
                line[from.words.Length + i] = (from.crc >> (SealLength - 1 - i) & 1) == 0 ? (char)Zero : (char)One;
        });
    }

    /// <summary>Whether the line is as it was sealed.</summary>
    public static bool IsWhole(string file, ReadOnlySpan<byte> line)
    {
        if (line.Length <= SealLength)
            return false;
        var crc = 0u;
        foreach (var bit in line[^SealLength..])
        {
            if (bit is not (Zero or One))
                return false;
            crc = (crc << 1) | (bit == One ? 1u : 0);
        }

        return crc == CrcOf(file, line[..^SealLength]);
    }

    /// <summary>Whether there is a seal, or what is left of one.</summary>
    public static bool HasSeal(ReadOnlySpan<byte> line) => line.Length - line.TrimEnd(" \t"u8).Length >= RemnantMin;

    /// <summary>Sets one wrong bit right, if there is one that explains all; else the line stays as it is.</summary>
    public static bool TryMend(string file, Span<byte> line)
    {
        for (var bit = 0; bit < line.Length * 8; bit++)
        {
            var mask = (byte)(1 << (bit % 8));
            line[bit / 8] ^= mask;
            if (IsWhole(file, line))
                return true;
            line[bit / 8] ^= mask;
        }

        return false;
    }

    /// <summary>The words of a line, without its seal.</summary>
    public static string[] WordsOf(ReadOnlySpan<byte> line) => Encoding.Latin1.GetString(line.TrimEnd(" \t"u8)).Split(' ');

    private static uint CrcOf(string file, ReadOnlySpan<byte> words) => Crc32C.Append(Crc32C.Compute(Encoding.UTF8.GetBytes(file)), words);
}
