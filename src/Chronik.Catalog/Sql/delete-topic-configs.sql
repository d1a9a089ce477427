DELETE FROM config
WHERE resource_kind = 2 AND resource_name = (SELECT name FROM topic WHERE topic_id = @topic_id)
