"""Makes and deletes topics: create|delete BOOTSTRAP TOPIC:PARTITIONS ..."""

import sys

from confluent_kafka.admin import AdminClient, NewTopic

mode, bootstrap, *topics = sys.argv[1:]
admin = AdminClient({"bootstrap.servers": bootstrap})
names = [topic.rsplit(":", 1) for topic in topics]
if mode == "create":
    done = admin.create_topics([NewTopic(name, int(partitions), 1) for name, partitions in names], operation_timeout=20)
else:
    done = admin.delete_topics([name for name, _ in names], operation_timeout=20)
for future in done.values():
    future.result()
