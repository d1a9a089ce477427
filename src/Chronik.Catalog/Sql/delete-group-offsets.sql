DELETE FROM committed_offset WHERE group_id = @group_id
