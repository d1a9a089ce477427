UPDATE topic SET partition_count = @partition_count WHERE topic_id = @topic_id
