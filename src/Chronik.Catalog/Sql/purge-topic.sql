DELETE FROM deleted_topic WHERE topic_id = @topic_id
