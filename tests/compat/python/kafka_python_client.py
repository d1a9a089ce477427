"""kafka-python, any generation: produce BOOTSTRAP | consume BOOTSTRAP TOPIC:COUNT ...

KAFKA_API_VERSION=0.10.0 makes it speak to a broker of that age, without asking for versions.
"""

import os
import sys

import lines
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

COMMON = {}
if os.environ.get("KAFKA_API_VERSION"):
    COMMON["api_version"] = tuple(int(part) for part in os.environ["KAFKA_API_VERSION"].split("."))


def produce(bootstrap):
    for compression, records in lines.read_by_compression().items():
        producer = KafkaProducer(
            bootstrap_servers=bootstrap,
            acks="all",
            retries=0,
            linger_ms=50,
            max_request_size=2_000_000,
            compression_type=None if compression == "none" else compression,
            **COMMON,
        )
        sent = []
        for record in records:
            more = {"headers": record["headers"]} if record["headers"] else {}
            sent.append(producer.send(
                record["topic"], key=record["key"], value=record["value"], partition=0,
                timestamp_ms=record["timestamp"], **more))
        producer.flush()
        for future in sent:
            future.get(timeout=20)
        producer.close()


def consume(bootstrap, wanted):
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest", **COMMON)
    consumer.assign([TopicPartition(topic, 0) for topic in wanted])
    for partition in consumer.assignment():
        consumer.seek(partition, 0)
    left = sum(wanted.values())
    while left > 0:
        polled = consumer.poll(timeout_ms=lines.IDLE_SECONDS * 1000)
        if not polled:
            break
        for records in polled.values():
            for record in records:
                headers = getattr(record, "headers", None)
                lines.write(record.topic, record.key, record.value, headers, record.timestamp)
                left -= 1
    consumer.close()


if sys.argv[1] == "produce":
    produce(sys.argv[2])
else:
    consume(sys.argv[2], lines.wanted(sys.argv[3:]))
