"""confluent-kafka (librdkafka): produce BOOTSTRAP | consume BOOTSTRAP TOPIC:COUNT ..."""

import os
import sys

import lines
from confluent_kafka import Consumer, Producer, TopicPartition


def produce(bootstrap):
    failures = []

    def delivered(error, message):
        if error is not None:
            failures.append(error)

    for compression, records in lines.read_by_compression().items():
        producer = Producer({
            "bootstrap.servers": bootstrap,
            "compression.type": compression,
            "linger.ms": 50,
            "acks": "all",
            "message.max.bytes": 2_000_000,
        })
        for record in records:
            more = {} if record["timestamp"] is None else {"timestamp": record["timestamp"]}
            producer.produce(
                record["topic"], partition=0, key=record["key"], value=record["value"],
                headers=record["headers"], on_delivery=delivered, **more)
        if producer.flush(20) > 0:
            sys.exit(f"{compression}: not everything was delivered")
    if failures:
        sys.exit(f"not delivered: {failures[0]}")


def consume(bootstrap, wanted):
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "unused", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, 0, 0) for topic in wanted])
    left = sum(wanted.values())
    while left > 0:
        message = consumer.poll(lines.IDLE_SECONDS)
        if message is None:
            break
        if message.error():
            sys.exit(f"{message.topic()}: {message.error()}")
        lines.write(message.topic(), message.key(), message.value(), message.headers(), message.timestamp()[1])
        left -= 1
    consumer.close()


if sys.argv[1] == "produce":
    produce(sys.argv[2])
else:
    consume(sys.argv[2], lines.wanted(sys.argv[3:]))
sys.stdout.flush()
# Debian's 1.7.0 counts None's references wrongly and would abort while Python ends.
os._exit(0)
