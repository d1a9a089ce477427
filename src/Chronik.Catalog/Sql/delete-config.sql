DELETE FROM config WHERE resource_kind = @resource_kind AND resource_name = @resource_name AND name = @name
