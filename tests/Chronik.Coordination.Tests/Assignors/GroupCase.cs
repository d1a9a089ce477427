using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Chronik.Coordination.Assignors;
using Chronik.Protocol;

namespace Chronik.Coordination.Tests.Assignors;

/// <summary>A group about to be assigned: made from a seed, readable by the oracle and by our assignors.</summary>
internal sealed record GroupCase(Dictionary<string, TopicLayout> Topics, List<GroupCase.Member> Members)
{
    internal sealed record Member(
        string Id,
        string? InstanceId,
        List<string> Topics,
        List<TopicPartition> Owned,
        int Generation,
        string? Rack,
        byte[]? UserData)
    {
        /// <summary>The subscription as the Java client of version 3 would send it.</summary>
        public byte[] Encode(short version = 3)
        {
            var bytes = new BytesWriter();
            bytes.Int16(version);
            bytes.Int32(Topics.Count);
            foreach (var topic in Topics)
                bytes.Text(topic);
            bytes.Bytes(UserData);
            if (version >= 1)
                bytes.Partitions(Owned);
            if (version >= 2)
                bytes.Int32(Generation);
            if (version >= 3)
                bytes.Text(Rack);
            return bytes.ToArray();
        }
    }

    public AssignmentInput ToInput() => new(
        Members.Select(member => new AssignmentMember(member.Id, member.InstanceId, member.Encode())).ToList(),
        Topics);

    public AssignmentInput ToInput(JsonElement oracleMembers) => new(
        Members.Select(member => new AssignmentMember(
            member.Id,
            member.InstanceId,
            Convert.FromHexString(oracleMembers.GetProperty(member.Id).GetProperty("subscription").GetString()!))).ToList(),
        Topics);

    public string ToJson() => JsonSerializer.Serialize(new
    {
        topics = Topics.ToDictionary(topic => topic.Key, topic => new { partitions = topic.Value.PartitionCount, racks = topic.Value.ReplicaRacks ?? [] }),
        members = Members.ToDictionary(member => member.Id, member => new
        {
            topics = member.Topics,
            ownedPartitions = member.Owned.GroupBy(p => p.Topic).ToDictionary(g => g.Key, g => g.Select(p => p.Partition)),
            generation = member.Generation,
            groupInstanceId = member.InstanceId,
            rackId = member.Rack,
            userData = member.UserData is null ? null : Convert.ToHexStringLower(member.UserData),
        }),
    });

    /// <summary>Makes a group; every kind of unevenness comes up, alone and together.</summary>
    public static GroupCase FromSeed(int seed)
    {
        var random = new Random(seed);
        var large = random.Next(20) == 0;
        var racks = random.Next(4) == 0 ? new[] { "a", "b", "c" } : null;
        var topics = MakeTopics(random, large ? random.Next(10, 40) : random.Next(1, 7), racks);
        var names = topics.Keys.Append("missing").ToArray();
        var common = Pick(random, names);
        var equal = random.Next(2) == 0;
        var stickyAt = random.Next(5);
        var instances = random.Next(3) == 0;
        var members = new List<Member>();
        for (var i = large ? random.Next(10, 60) : random.Next(1, 9); i > 0; i--)
        {
            members.Add(new Member(
                $"consumer-{random.Next(1000)}-{random.NextInt64():x}",
                instances && random.Next(2) == 0 ? $"instance-{members.Count}-{random.Next(100)}" : null,
                equal ? [.. common] : Pick(random, names),
                [],
                random.Next(6) == 0 ? -1 : random.Next(10) < stickyAt ? random.Next(3, 6) : 5,
                racks is not null && random.Next(5) > 0 ? racks[random.Next(racks.Length)] : null,
                null));
        }

        if (stickyAt > 0)
            HandOutBefore(random, topics, members);
        for (var i = 0; i < members.Count; i++)
        {
            if (random.Next(12) == 0)
                members[i] = members[i] with { UserData = MakeUserData(random, members[i]) };
        }

        return new GroupCase(topics, members);
    }

    private static Dictionary<string, TopicLayout> MakeTopics(Random random, int count, string[]? racks)
    {
        var topics = new Dictionary<string, TopicLayout>();
        for (var i = 0; i < count; i++)
        {
            var partitions = random.Next(8) == 0 ? 0 : random.Next(1, 13);
            var replicaRacks = racks is null
                ? null
                : Enumerable.Range(0, partitions)
                    .Select(_ => (IReadOnlyList<string?>)Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(9) == 0 ? null : racks[random.Next(racks.Length)]).ToList())
                    .ToList();
            topics[$"{(char)('a' + random.Next(26))}-topic-{random.Next(100)}"] = new TopicLayout(partitions, replicaRacks);
        }

        return topics;
    }

    private static void HandOutBefore(Random random, Dictionary<string, TopicLayout> topics, List<Member> members)
    {
        var conflicts = random.Next(3) == 0;
        var loyal = random.Next(3) > 0;
        foreach (var (topic, layout) in topics)
        {
            for (var p = 0; p < layout.PartitionCount; p++)
            {
                if (random.Next(6) == 0)
                    continue;
                var owners = conflicts && random.Next(4) == 0 ? random.Next(2, 4) : 1;
                while (owners-- > 0)
                {
                    var owner = members[random.Next(members.Count)];
                    var partition = new TopicPartition(topic, p);
                    if ((!loyal || owner.Topics.Contains(topic)) && !owner.Owned.Contains(partition))
                        owner.Owned.Add(partition);
                }
            }
        }

        foreach (var member in members)
        {
            if (random.Next(6) == 0)
                member.Owned.Add(new TopicPartition("gone", 0));
        }
    }

    private static byte[] MakeUserData(Random random, Member member)
    {
        var bytes = new BytesWriter();
        switch (random.Next(4))
        {
            case 0:
                bytes.Partitions(member.Owned);
                break;
            case 1:
                bytes.Partitions(member.Owned);
                bytes.Int32(random.Next(3, 7));
                break;
            case 2:
                bytes.Int32(random.Next(3, 7));
                break;
            default:
                var noise = new byte[random.Next(12)];
                random.NextBytes(noise);
                return noise;
        }

        return bytes.ToArray();
    }

    private static List<string> Pick(Random random, string[] names)
    {
        var picked = names.Where(_ => random.Next(3) > 0).ToArray();
        random.Shuffle(picked);
        return [.. picked];
    }

    private sealed class BytesWriter
    {
        private readonly List<byte> _bytes = [];

        public void Int16(short value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(short)];
            BinaryPrimitives.WriteInt16BigEndian(bytes, value);
            _bytes.AddRange(bytes);
        }

        public void Int32(int value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(bytes, value);
            _bytes.AddRange(bytes);
        }

        public void Text(string? text)
        {
            Int16(text is null ? (short)-1 : (short)Encoding.UTF8.GetByteCount(text));
            _bytes.AddRange(Encoding.UTF8.GetBytes(text ?? ""));
        }

        public void Bytes(byte[]? bytes)
        {
            Int32(bytes?.Length ?? -1);
            _bytes.AddRange(bytes ?? []);
        }

        public void Partitions(IEnumerable<TopicPartition> partitions)
        {
            var byTopic = partitions.GroupBy(p => p.Topic).ToList();
            Int32(byTopic.Count);
            foreach (var topic in byTopic)
            {
                Text(topic.Key);
                Int32(topic.Count());
                foreach (var partition in topic)
                    Int32(partition.Partition);
            }
        }

        public byte[] ToArray() => _bytes.ToArray();
    }
}
