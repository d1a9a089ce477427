INSERT INTO deleted_topic (topic_id, name, partition_count)
SELECT topic_id, name, partition_count FROM topic WHERE topic_id = @topic_id
