INSERT INTO topic (topic_id, name, partition_count) VALUES (@topic_id, @name, @partition_count)
