DELETE FROM topic WHERE topic_id = @topic_id
