using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using Chronik.Records;

namespace Chronik.Broker.Tests.Conversations;

/// <summary>
/// Record batches in the words of a conversation: <c>@batch(records=2 pid=7 epoch=0 seq=0)</c>. Words are <c>name=value</c>; several
/// batches stand one behind another: <c>@batch()(ts=5)</c>.
/// </summary>
internal static partial class Batches
{
    private const int LengthAt = 8;
    private const int MagicAt = 16;

    /// <summary>Puts base64 in the place of each description.</summary>
    internal static string Fill(string request) => Placeholder().Replace(
        request, m => Convert.ToBase64String([.. m.Groups[1].Captures.SelectMany(description => Build(Words(description.Value)))]));

    private static Dictionary<string, string> Words(string description) => description
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(word => word.Split('='))
        .ToDictionary(word => word[0], word => word[1], StringComparer.Ordinal);

    private static byte[] Build(Dictionary<string, string> words)
    {
        var batch = words.ContainsKey("marker")
            ? RecordBatchBuilder.Marker(ControlRecordType.Commit, Number("pid", 7), (short)Number("epoch", 0), coordinatorEpoch: 0, Number("ts", 1_000))
            : Records();
        if (words.ContainsKey("magic"))
            batch[MagicAt] = (byte)Number("magic", 2);
        if (words.ContainsKey("length"))
            BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(LengthAt), (int)Number("length", 0));
        if (words.ContainsKey("flip"))
            batch[^(int)Number("flip", 1)] ^= 1;
        return batch[..^(int)Number("cut", 0)];

        byte[] Records()
        {
            using var builder = new RecordBatchBuilder
            {
                BaseOffset = Number("base", 0),
                Compression = (CompressionCodec)Number("codec", 0),
                ProducerId = Number("pid", -1),
                ProducerEpoch = (short)Number("epoch", -1),
                BaseSequence = (int)Number("seq", -1),
                IsTransactional = words.ContainsKey("transactional"),
            };
            for (var i = 0; i < Number("records", 1); i++)
                builder.Add(Number("ts", 1_000) + i, null, new byte[Number("bytes", 10)]);
            return builder.ToArray();
        }

        long Number(string word, long otherwise) =>
            words.TryGetValue(word, out var value) ? long.Parse(value, CultureInfo.InvariantCulture) : otherwise;
    }

    [GeneratedRegex(@"@batch(?:\(([^)]*)\))+")]
    private static partial Regex Placeholder();
}
