"""Writes without pause until it is told to stop, over restarts of the broker, with librdkafka.

    load.py BOOTSTRAP TOPIC FOLDER idempotent|plain

Values are numbers from 0. FOLDER/acknowledged gets each acknowledged number on a line of its own, at once; a file
FOLDER/stop ends it.
"""

import os
import sys
import time

from confluent_kafka import Producer

bootstrap, topic, folder, kind = sys.argv[1:5]
settings = {
    "bootstrap.servers": bootstrap,
    "acks": "all",
    "linger.ms": 2,
    "reconnect.backoff.max.ms": 200,
    "message.timeout.ms": 60_000,
}
settings.update({"enable.idempotence": True} if kind == "idempotent" else {"retries": 0, "max.in.flight": 5})
producer = Producer(settings)
acknowledged = open(os.path.join(folder, "acknowledged"), "w", buffering=1, encoding="ascii")
stop = os.path.join(folder, "stop")


def delivered(error, message):
    if error is None:
        acknowledged.write(message.value().decode() + "\n")
    elif kind == "idempotent":
        print(f"{message.value()} was not delivered: {error}", file=sys.stderr)


number = 0
while not os.path.exists(stop):
    for _ in range(20):
        try:
            producer.produce(topic, value=b"%d" % number, partition=number % 3, on_delivery=delivered)
            number += 1
        except BufferError:
            break
    producer.poll(0.005)
if producer.flush(60) > 0:
    sys.exit("not everything was delivered or given up within 60 s")
