INSERT INTO committed_offset
    (group_id, topic, partition_index, next_offset, leader_epoch, metadata, commit_timestamp_ms, expire_timestamp_ms)
SELECT @group_id, @topic, @partition_index, @next_offset, @leader_epoch, @metadata, @commit_timestamp_ms, @expire_timestamp_ms
WHERE @topic_id = '' OR EXISTS (SELECT 1 FROM topic WHERE topic_id = @topic_id)
ON CONFLICT (group_id, topic, partition_index) DO UPDATE SET
    next_offset = excluded.next_offset,
    leader_epoch = excluded.leader_epoch,
    metadata = excluded.metadata,
    commit_timestamp_ms = excluded.commit_timestamp_ms,
    expire_timestamp_ms = excluded.expire_timestamp_ms
