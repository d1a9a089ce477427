SELECT topic_id, name, partition_count FROM topic ORDER BY name
