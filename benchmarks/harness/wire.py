"""A client of a few requests of Kafka's protocol, and record batches; see ../shared/protocol for the layouts."""
import socket, struct, time

PRODUCE, FETCH, LIST_OFFSETS, METADATA, API_VERSIONS, CREATE_TOPICS = 0, 1, 2, 3, 18, 19
TIMEOUT_MS = 300_000


def crc32c_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


TABLE = crc32c_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def varint(value):
    value = (value << 1) ^ (value >> 63)
    out = bytearray()
    while value > 0x7F:
        out.append((value & 0x7F) | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def batch(size, count=1):
    """A batch of so many records of one timestamp, each with a value of so many bytes."""
    records = b""
    for index in range(count):
        body = b"\0" + varint(0) + varint(index) + varint(-1) + varint(size) + b"x" * size + varint(0)
        records += varint(len(body)) + body
    now = int(time.time() * 1000)
    tail = struct.pack(">hiqqqhii", 0, count - 1, now, now, -1, -1, -1, count) + records
    rest = struct.pack(">ibI", -1, 2, crc32c(tail)) + tail
    return struct.pack(">qi", 0, len(rest)) + rest


def text(value):
    return struct.pack(">h", len(value)) + value.encode()


class Client:
    """One connection, one request at a time."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=300)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def ask(self, key, version, body):
        """The body of the answer."""
        self.send(key, version, body)
        return self.take(struct.unpack(">i", self.take(4))[0])[4:]

    def send(self, key, version, body):
        request = struct.pack(">hhih", key, version, 1, -1) + body
        self.socket.sendall(struct.pack(">i", len(request)) + request)

    def take(self, count):
        data = bytearray(count)
        rest = memoryview(data)
        while rest:
            received = self.socket.recv_into(rest)
            if not received:
                raise SystemExit("the server closed the connection")
            rest = rest[received:]
        return bytes(data)

    def create(self, topic, count):
        body = struct.pack(">i", 1) + text(topic) + struct.pack(">ihii", count, 1, 0, 0) + struct.pack(">ib", TIMEOUT_MS, 0)
        answer = self.ask(CREATE_TOPICS, 2, body)
        error = struct.unpack(">h", answer[4 + 4 + 2 + len(topic):][:2])[0]
        if error:
            raise SystemExit(f"CreateTopics: error {error}")

    def produce(self, topic, count, records, acks=-1, at_once=500):
        """One batch to each of the first partitions, in requests for so many of them at once."""
        for first in range(0, count, at_once):
            here = range(first, min(count, first + at_once))
            body = struct.pack(">hhi", -1, acks, TIMEOUT_MS) + struct.pack(">i", 1) + text(topic) + struct.pack(">i", len(here))
            body += b"".join(struct.pack(">ii", index, len(records)) + records for index in here)
            answer = self.ask(PRODUCE, 3, body)
            at = 4 + 2 + len(topic) + 4
            for _ in here:
                error = struct.unpack(">h", answer[at + 4:at + 6])[0]
                if error:
                    raise SystemExit(f"Produce: error {error}")
                at += 22

    def end_offset(self, topic, index):
        body = struct.pack(">i", -1) + struct.pack(">i", 1) + text(topic) + struct.pack(">iiq", 1, index, -1)
        return struct.unpack(">q", self.ask(LIST_OFFSETS, 1, body)[-8:])[0]
