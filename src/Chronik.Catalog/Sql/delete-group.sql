DELETE FROM consumer_group WHERE group_id = @group_id
