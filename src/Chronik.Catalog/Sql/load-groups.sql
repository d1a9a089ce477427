SELECT group_id, kind, state FROM consumer_group ORDER BY group_id
