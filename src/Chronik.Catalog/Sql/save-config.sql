INSERT INTO config (resource_kind, resource_name, name, value) VALUES (@resource_kind, @resource_name, @name, @value)
ON CONFLICT (resource_kind, resource_name, name) DO UPDATE SET value = excluded.value
