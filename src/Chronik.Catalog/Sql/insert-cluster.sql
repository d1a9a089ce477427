INSERT INTO cluster (singleton, cluster_id, next_producer_id) VALUES (1, @cluster_id, 0)
