"""Records as lines of JSON, the form in which all compatibility clients take and give them.

{"topic": "t", "compression": "gzip", "key": BASE64 or null, "value": BASE64 or null,
 "headers": [["name", BASE64 or null], ...], "timestamp": MILLISECONDS or null}
"""

import base64
import json
import sys


def decode(text):
    return None if text is None else base64.b64decode(text)


def encode(data):
    return None if data is None else base64.b64encode(bytes(data)).decode()


def read_by_compression():
    """The records on standard input, as {compression: [record]}, their bytes decoded."""
    groups = {}
    for line in sys.stdin:
        record = json.loads(line)
        record["key"] = decode(record["key"])
        record["value"] = decode(record["value"])
        record["headers"] = [(name, decode(value)) for name, value in record["headers"]]
        groups.setdefault(record["compression"], []).append(record)
    return groups


def write(topic, key, value, headers, timestamp):
    record = {
        "topic": topic,
        "key": encode(key),
        "value": encode(value),
        "headers": [[name, encode(header)] for name, header in headers or []],
        "timestamp": timestamp,
    }
    sys.stdout.write(json.dumps(record) + "\n")


IDLE_SECONDS = 8
"""A consumer that gets nothing for so long ends: what is missing is told by whoever started it."""


def wanted(arguments):
    """TOPIC:COUNT ... as {topic: count}."""
    return {topic: int(count) for topic, count in (argument.rsplit(":", 1) for argument in arguments)}
