SELECT group_id, topic, partition_index, next_offset, leader_epoch, metadata, commit_timestamp_ms, expire_timestamp_ms
FROM committed_offset ORDER BY group_id, topic, partition_index
