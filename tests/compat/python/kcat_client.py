"""kcat: produce BOOTSTRAP | consume BOOTSTRAP TOPIC:COUNT ...

KCAT_OPTIONS are passed on, such as "-X broker.version.fallback=0.9.0.1".
kcat cannot set a timestamp, and a header's value cannot hold a comma in its output.
"""

import os
import subprocess
import sys
import tempfile

import lines

OPTIONS = os.environ.get("KCAT_OPTIONS", "").split()


def kcat(*arguments, given=b""):
    result = subprocess.run(["kcat", "-q", *OPTIONS, *arguments], input=given, capture_output=True, timeout=60, check=False)
    if result.returncode != 0 or b"ERROR" in result.stderr:
        sys.exit(f"kcat {' '.join(arguments)}: {result.stderr.decode()}")
    return result.stdout


def produce(bootstrap):
    for compression, records in lines.read_by_compression().items():
        for record in records:
            arguments = ["-P", "-b", bootstrap, "-t", record["topic"], "-p", "0", "-z", compression, "-X", "acks=all"]
            for name, value in record["headers"]:
                arguments += ["-H", f"{name}={value.decode()}"]
            if not record["value"]:
                # It leaves out empty files, but takes an empty rest of a line.
                arguments += ["-K", ":"] + (["-Z"] if record["value"] is None else [])
                kcat(*arguments, given=record["key"] + b":\n")
                continue
            if record["key"] is not None:
                arguments += ["-k", record["key"].decode()]
            with tempfile.NamedTemporaryFile() as file:
                file.write(record["value"])
                file.flush()
                kcat(*arguments, file.name)


def consume(bootstrap, wanted):
    for topic, count in wanted.items():
        output = kcat("-C", "-b", bootstrap, "-t", topic, "-p", "0", "-o", "beginning", "-e", "-c", str(count), "-f", r"%T %K %S %h\n%k%s\n")
        position = 0
        for _ in range(count):
            end = output.find(b"\n", position)
            if end < 0:
                break
            timestamp, key_length, value_length, headers = output[position:end].split(b" ", 3)
            position = end + 1
            key, position = take(output, position, int(key_length))
            value, position = take(output, position, int(value_length))
            position += 1
            pairs = [pair.split(b"=", 1) for pair in headers.split(b",")] if headers else []
            lines.write(topic, key, value, [(name.decode(), None if text == b"NULL" else text) for name, text in pairs], int(timestamp))


def take(output, position, length):
    return (None, position) if length < 0 else (output[position:position + length], position + length)


if sys.argv[1] == "produce":
    produce(sys.argv[2])
else:
    consume(sys.argv[2], lines.wanted(sys.argv[3:]))
