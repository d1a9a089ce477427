"""aiokafka: produce BOOTSTRAP | consume BOOTSTRAP TOPIC:COUNT ..."""

import asyncio
import sys

import lines
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition


async def produce(bootstrap):
    for compression, records in lines.read_by_compression().items():
        producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap,
            acks="all",
            linger_ms=50,
            max_request_size=2_000_000,
            compression_type=None if compression == "none" else compression,
        )
        await producer.start()
        sent = [
            await producer.send(
                record["topic"], key=record["key"], value=record["value"], partition=0,
                timestamp_ms=record["timestamp"], headers=record["headers"])
            for record in records
        ]
        await asyncio.gather(*sent)
        await producer.stop()


async def consume(bootstrap, wanted):
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    consumer.assign([TopicPartition(topic, 0) for topic in wanted])
    await consumer.seek_to_beginning()
    left = sum(wanted.values())
    while left > 0:
        polled = await consumer.getmany(timeout_ms=lines.IDLE_SECONDS * 1000)
        if not polled:
            break
        for records in polled.values():
            for record in records:
                lines.write(record.topic, record.key, record.value, record.headers, record.timestamp)
                left -= 1
    await consumer.stop()


if sys.argv[1] == "produce":
    asyncio.run(produce(sys.argv[2]))
else:
    asyncio.run(consume(sys.argv[2], lines.wanted(sys.argv[3:])))
