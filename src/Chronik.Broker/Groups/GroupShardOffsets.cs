using Chronik.Catalog;
using Chronik.Coordination.Classic;
using Chronik.Coordination.Classic.Answers;
using Chronik.Coordination.Classic.Commands;
using Chronik.Coordination.Classic.Subscriptions;
using Chronik.Coordination.Offsets;
using Chronik.Protocol;

namespace Chronik.Broker.Groups;

/// <summary>The committed offsets of a shard's groups: each change is durable before anyone reads it.</summary>
internal sealed class GroupShardOffsets(GroupShard shard, GroupCoordinatorServices services)
{
    /// <summary>Takes a stored offset over.</summary>
    public void Load(CommittedOffsetRow row) =>
        shard.FindOrAdd(row.GroupId).Offsets.Commit(new TopicPartition(row.Topic, row.Partition), new CommittedOffset(
            row.Offset,
            row.LeaderEpoch,
            row.Metadata,
            DateTimeOffset.FromUnixTimeMilliseconds(row.CommitTimestampMs),
            row.ExpireTimestampMs < 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.ExpireTimestampMs)));

    /// <summary>Commits offsets of a member, or of one that is in no group.</summary>
    public void Commit(string groupId, CommitCommand command, IReadOnlyList<KeyValuePair<TopicPartition, CommittedOffset>> offsets, GroupReply reply)
    {
        var known = shard.Find(groupId);
        if (known is null && command.Generation >= 0)
        {
            reply.Complete(new CommitAnswer(command.Request, ErrorCode.IllegalGeneration));
            return;
        }

        var entry = known ?? shard.FindOrAdd(groupId);
        var answer = shard.Run(entry, command).Answers[0];
        if (answer.Error != ErrorCode.None || offsets.Count == 0)
        {
            reply.Complete(answer);
            return;
        }

        // The step above may have forgotten a group of which nothing was known but its name.
        entry = shard.FindOrAdd(groupId);
        var committed = Identified(offsets);
        CatalogChange[] changes = [.. committed.Select(each => new OffsetCommitted(RowOf(groupId, each.Partition, each.Offset)) { TopicId = each.TopicId })];
        entry.Journal.Add(new QueuedWrite(changes, null, succeeded =>
        {
            if (succeeded)
                Apply(entry, committed);
            shard.ForgetIfBlank(entry);
            reply.Complete(succeeded ? answer : answer.Failed(ErrorCode.CoordinatorNotAvailable));
        }));
        entry.Journal.Flush();
    }

    /// <summary>Deletes offsets one by one; completes with each partition's error when that is durable.</summary>
    public void Delete(string groupId, IReadOnlyList<TopicPartition> partitions, TaskCompletionSource<OffsetDeletion> deletion)
    {
        var entry = shard.Find(groupId);
        var error = entry is null ? ErrorCode.GroupIdNotFound : OffsetRules.CheckDelete(entry.Group);
        if (entry is null || error != ErrorCode.None)
        {
            deletion.SetResult(new OffsetDeletion(error, []));
            return;
        }

        var subscribed = entry.Group.Phase == ClassicGroupPhase.Empty ? null : ConsumerSubscriptions.TopicsOf(entry.Group);
        var errors = new Dictionary<TopicPartition, ErrorCode>();
        foreach (var partition in partitions)
            errors[partition] = OffsetRules.IsSubscribed(subscribed, partition.Topic) ? ErrorCode.GroupSubscribedToTopic : ErrorCode.None;
        Remove(entry, [.. errors.Where(each => each.Value == ErrorCode.None).Select(each => each.Key)], succeeded =>
            deletion.SetResult(succeeded ? new OffsetDeletion(ErrorCode.None, errors) : new OffsetDeletion(ErrorCode.CoordinatorNotAvailable, [])));
    }

    /// <summary>Deletes a group with its offsets; completes when that is durable.</summary>
    public void DeleteGroup(string groupId, TaskCompletionSource<ErrorCode> deletion)
    {
        var entry = shard.Find(groupId);
        var error = entry is null ? ErrorCode.GroupIdNotFound : OffsetRules.CheckDeleteGroup(entry.Group);
        if (entry is null || error != ErrorCode.None)
            deletion.SetResult(error);
        else
            DeleteGroup(entry, deletion.SetResult);
    }

    /// <summary>A topic is gone; its rows went with it.</summary>
    public void RemoveTopic(string topic)
    {
        foreach (var entry in shard.Entries.ToList())
        {
            entry.Offsets.RemoveTopic(topic);
            if (entry.Group.ProtocolType is null)
                shard.ForgetIfBlank(entry);
        }
    }

    /// <summary>Forgets what has expired, and empty groups that have nothing left.</summary>
    public void Expire()
    {
        foreach (var entry in shard.Entries.ToList())
        {
            var expired = OffsetRules.Expired(entry.Group, entry.Offsets, services.Options.Offsets(), shard.Now.Wall);
            if (expired.Count > 0)
                Remove(entry, expired, _ => DeleteIfNothingIsLeft(entry));
            else
                DeleteIfNothingIsLeft(entry);
        }
    }

    private void DeleteIfNothingIsLeft(GroupEntry entry)
    {
        if (entry.Group.Phase == ClassicGroupPhase.Empty && entry.Group.Members.PendingCount == 0 && entry.Offsets.IsEmpty && entry.Journal.IsIdle)
            DeleteGroup(entry, _ => { });
    }

    private void DeleteGroup(GroupEntry entry, Action<ErrorCode> ended)
    {
        var before = entry.Group;
        entry.Group = before with { Phase = ClassicGroupPhase.Dead };
        entry.Journal.Add(new QueuedWrite([new GroupDeleted(before.GroupId)], null, succeeded =>
        {
            if (succeeded)
                shard.Forget(entry);
            else
                entry.Group = entry.Group with { Phase = before.Phase };
            ended(succeeded ? ErrorCode.None : ErrorCode.CoordinatorNotAvailable);
        }));
        entry.Journal.Flush();
    }

    private static void Remove(GroupEntry entry, IReadOnlyList<TopicPartition> partitions, Action<bool> ended)
    {
        var groupId = entry.Group.GroupId;
        entry.Journal.Add(new QueuedWrite([.. partitions.Select(partition => new OffsetDeleted(groupId, partition.Topic, partition.Partition))], null, succeeded =>
        {
            foreach (var partition in succeeded ? partitions : [])
                entry.Offsets.Remove(partition);
            ended(succeeded);
        }));
        entry.Journal.Flush();
    }

    // A commit is for the topic that there is now, and for no later one of its name.
    private List<(TopicPartition Partition, TopicId TopicId, CommittedOffset Offset)> Identified(
        IReadOnlyList<KeyValuePair<TopicPartition, CommittedOffset>> offsets)
    {
        var identified = new List<(TopicPartition Partition, TopicId TopicId, CommittedOffset Offset)>(offsets.Count);
        foreach (var (partition, offset) in offsets)
        {
            if (services.TopicIdOf(partition.Topic) is var id && id != TopicId.None)
                identified.Add((partition, id, offset));
        }

        return identified;
    }

    // Of a topic that was deleted meanwhile nothing was stored, or it went with the topic.
    private void Apply(GroupEntry entry, List<(TopicPartition Partition, TopicId TopicId, CommittedOffset Offset)> committed)
    {
        foreach (var (partition, id, offset) in committed)
        {
            if (services.TopicIdOf(partition.Topic) == id)
                entry.Offsets.Commit(partition, offset);
        }
    }

    private static CommittedOffsetRow RowOf(string groupId, TopicPartition partition, CommittedOffset offset) => new(
        groupId,
        partition.Topic,
        partition.Partition,
        offset.Offset,
        offset.LeaderEpoch,
        offset.Metadata,
        offset.CommittedAt.ToUnixTimeMilliseconds(),
        offset.ExpiresAt?.ToUnixTimeMilliseconds() ?? -1);
}
