"""A member of a group that reads and commits without pause, over restarts of the broker, with kafka-python.

    follow.py BOOTSTRAP TOPIC GROUP FOLDER

FOLDER/committed gets a line PARTITION OFFSET for each acknowledged commit, FOLDER/read the value of each record read; a file
FOLDER/stop ends it once it has read to the end.
"""

import os
import sys

from kafka import KafkaConsumer, OffsetAndMetadata
from kafka.errors import KafkaError

bootstrap, topic, group, folder = sys.argv[1:5]
consumer = KafkaConsumer(
    topic, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False,
    reconnect_backoff_max_ms=200, max_poll_records=200)
committed = open(os.path.join(folder, "committed"), "w", buffering=1, encoding="ascii")
read = open(os.path.join(folder, "read"), "w", buffering=1, encoding="ascii")
stop = os.path.join(folder, "stop")
idle = 0
while idle < 3:
    polled = consumer.poll(timeout_ms=300)
    idle = idle + 1 if not polled and os.path.exists(stop) else 0
    offsets = {}
    for partition, records in polled.items():
        for record in records:
            read.write(record.value.decode() + "\n")
        offsets[partition] = OffsetAndMetadata(records[-1].offset + 1, "") if len(OffsetAndMetadata._fields) == 2 \
            else OffsetAndMetadata(records[-1].offset + 1, "", -1)
    if not offsets:
        continue
    try:
        consumer.commit(offsets)
        for partition, offset in offsets.items():
            committed.write(f"{partition.partition} {offset.offset}\n")
    except KafkaError as error:  # the broker is away: the next commit covers this one
        print(repr(error), file=sys.stderr)
consumer.close(autocommit=False)
