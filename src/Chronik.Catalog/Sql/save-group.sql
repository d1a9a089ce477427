INSERT INTO consumer_group (group_id, kind, state) VALUES (@group_id, @kind, @state)
ON CONFLICT (group_id) DO UPDATE SET kind = excluded.kind, state = excluded.state
