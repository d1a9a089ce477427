"""The scenario that started this project, with kafka-python and its default settings.

    group_scenario.py BOOTSTRAP PREFIX ROUNDS AT_ONCE

In each round one consumer joins a group on a topic of three partitions (PREFIX-0, PREFIX-1, ...), then two more join. Once
each has a partition, 150 messages are produced, 50 to each partition, and each consumer must get exactly 50. Every consumer
is a process of its own. Prints a line of JSON for each round; the exit code is 0 when every round went right.
"""

import faulthandler
import json
import multiprocessing
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

PARTITIONS = 3
MESSAGES_EACH = 50
JOIN_SECONDS = 30
READ_SECONDS = 15

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["kafka"])

COMMON = {}
if os.environ.get("KAFKA_API_VERSION"):
    COMMON["api_version"] = tuple(int(part) for part in os.environ["KAFKA_API_VERSION"].split("."))


def consume(bootstrap, topic, group, events, stop):
    """A member: tells each change of its assignment and each batch of messages, until it is stopped."""
    faulthandler.register(signal.SIGUSR1)
    consumer = KafkaConsumer(topic, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest", **COMMON)
    assigned = None
    while not stop.is_set():
        polled = consumer.poll(timeout_ms=100)
        now = sorted(partition.partition for partition in consumer.assignment())
        if now != assigned:
            assigned = now
            events.put((os.getpid(), "assigned", now))
        for partition, records in polled.items():
            events.put((os.getpid(), "read", [partition.partition] * len(records)))
    consumer.close()
    events.put((os.getpid(), "closed", []))


class Members:
    def __init__(self, bootstrap, topic, group):
        self.arguments = (bootstrap, topic, group)
        self.events = PROCESSES.Queue()
        self.stop = PROCESSES.Event()
        self.processes = []
        self.assigned = {}
        self.read = {}

    def join(self):
        process = PROCESSES.Process(target=consume, args=(*self.arguments, self.events, self.stop), daemon=True)
        process.start()
        self.processes.append(process)

    def wait(self, condition, seconds, what):
        end = time.monotonic() + seconds
        while not condition():
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"{what} not within {seconds} s: assigned {self.assigned}, read { {k: len(v) for k, v in self.read.items()} }")
            try:
                member, kind, what_it_has = self.events.get(timeout=left)
            except Exception:  # the queue is empty: the condition is looked at once more
                continue
            if kind == "assigned":
                self.assigned[member] = what_it_has
            elif kind == "read":
                self.read.setdefault(member, []).extend(what_it_has)

    def show_stacks(self):
        for process in self.processes:
            os.kill(process.pid, signal.SIGUSR1)
        time.sleep(1)

    def end(self):
        self.stop.set()
        for process in self.processes:
            process.join(10)
            if process.is_alive():
                process.kill()


def one_round(bootstrap, topic, group):
    members = Members(bootstrap, topic, group)
    started = time.monotonic()
    try:
        members.join()
        members.wait(lambda: list(members.assigned.values()) == [[0, 1, 2]], JOIN_SECONDS, "the first member alone")
        first = time.monotonic()
        members.join()
        members.join()
        members.wait(
            lambda: sorted(members.assigned.values()) == [[0], [1], [2]], JOIN_SECONDS, "one partition for each of three members")
        spread = time.monotonic()
        producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all", **COMMON)
        for number in range(MESSAGES_EACH * PARTITIONS):
            producer.send(topic, value=b"message %d" % number, partition=number % PARTITIONS)
        producer.flush(20)
        members.wait(
            lambda: sum(len(read) for read in members.read.values()) >= MESSAGES_EACH * PARTITIONS, READ_SECONDS, "all messages")
        done = time.monotonic()
        producer.close()
        shares = sorted(len(read) for read in members.read.values())
        whole = all(len(set(read)) == 1 for read in members.read.values())
        return {
            "ok": shares == [MESSAGES_EACH] * PARTITIONS and whole,
            "shares": shares,
            "firstSeconds": round(first - started, 2),
            "rebalanceSeconds": round(spread - first, 2),
            "readSeconds": round(done - spread, 2),
        }
    except Exception as error:  # a round that fails is told, with what its members do (on stderr), the others go on
        members.show_stacks()
        return {"ok": False, "error": repr(error)}
    finally:
        members.end()


def main():
    bootstrap, prefix, rounds, at_once = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    with ThreadPoolExecutor(at_once) as pool:
        running = [pool.submit(one_round, bootstrap, f"{prefix}-{number}", f"group-{prefix}-{number}") for number in range(rounds)]
        results = [future.result() for future in running]
    for result in results:
        print(json.dumps(result))
    sys.exit(0 if all(result["ok"] for result in results) else 1)


if __name__ == "__main__":
    main()
