SELECT resource_kind, resource_name, name, value FROM config ORDER BY resource_kind, resource_name, name
