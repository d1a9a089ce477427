DELETE FROM committed_offset WHERE group_id = @group_id AND topic = @topic AND partition_index = @partition_index
