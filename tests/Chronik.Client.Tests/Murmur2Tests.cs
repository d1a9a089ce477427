using Chronik.TestKit;

namespace Chronik.Client.Tests;

public sealed class Murmur2Tests(Oracle oracle)
{
    [Fact]
    public void Keys_go_to_the_partitions_that_Java_gives_them()
    {
        var random = new Random(7);
        byte[][] keys = [.. Enumerable.Range(0, 200).Select(length => { byte[] key = new byte[length % 40]; random.NextBytes(key); return key; })];
        var answers = oracle.AskMany([.. keys.Select(key => $"murmur2 {(key.Length == 0 ? "-" : Convert.ToHexStringLower(key))} 7")]);
        for (int i = 0; i < keys.Length; i++)
        {
            Assert.Equal(answers[i].GetProperty("hash").GetInt32(), Murmur2.Hash(keys[i]));
            Assert.Equal(answers[i].GetProperty("partition").GetInt32(), Murmur2.Partition(keys[i], 7));
        }
    }
}
