UPDATE cluster SET next_producer_id = @next_producer_id WHERE next_producer_id <= @next_producer_id
