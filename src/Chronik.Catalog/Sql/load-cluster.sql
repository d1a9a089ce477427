SELECT cluster_id, next_producer_id FROM cluster
