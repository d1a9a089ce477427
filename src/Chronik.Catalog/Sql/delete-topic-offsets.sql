DELETE FROM committed_offset WHERE topic = (SELECT name FROM topic WHERE topic_id = @topic_id)
