SELECT topic_id, name, partition_count FROM deleted_topic ORDER BY name
