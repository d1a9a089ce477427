"""A leader that falls silent after it joined, with kafka-python and its default settings.

    silent_leader.py BOOTSTRAP TOPIC GROUP

Three members join a group on a topic of three partitions. Whoever is elected leader freezes (SIGSTOP) when it is to compute
the assignment: it has joined, and never sends SyncGroup. Prints a line of JSON: seconds from the freeze until both others
have a partition, and how many of 150 messages they read then.
"""

import faulthandler
import json
import multiprocessing
import os
import queue
import signal
import sys
import time

from kafka import ConsumerRebalanceListener, KafkaConsumer, KafkaProducer
from kafka.coordinator.assignors.range import RangePartitionAssignor

MEMBERS = 3
MESSAGES = 150
JOIN_SECONDS = 12
RESCUE_SECONDS = 20
READ_SECONDS = 15

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["kafka"])


def member(bootstrap, topic, group, events, frozen):
    faulthandler.register(signal.SIGUSR1)

    class FreezingAssignor(RangePartitionAssignor):
        @classmethod
        def assign(cls, cluster, members):
            """Called in the leader alone, between its JoinGroup and its SyncGroup."""
            if len(members) == MEMBERS and not frozen.is_set():
                frozen.set()
                events.put(("frozen", os.getpid(), time.time()))
                events.close()
                events.join_thread()
                os.kill(os.getpid(), signal.SIGSTOP)
                while True:  # until the signal has arrived in this thread, too
                    time.sleep(0.001)
            return super().assign(cluster, members)

    class Listener(ConsumerRebalanceListener):
        def on_partitions_revoked(self, revoked):
            pass

        def on_partitions_assigned(self, assigned):
            events.put(("assigned", os.getpid(), time.time(), sorted(partition.partition for partition in assigned)))

    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest", partition_assignment_strategy=[FreezingAssignor])
    consumer.subscribe([topic], listener=Listener())
    while True:
        for records in consumer.poll(timeout_ms=50).values():
            events.put(("read", os.getpid(), time.time(), len(records)))


class Attempt:
    """Three members that join, and what they tell."""

    def __init__(self, bootstrap, topic, group):
        self.bootstrap, self.topic = bootstrap, topic
        self.events = PROCESSES.Queue()
        self.frozen = PROCESSES.Event()
        self.members = [
            PROCESSES.Process(target=member, args=(bootstrap, topic, group, self.events, self.frozen), daemon=True) for _ in range(MEMBERS)]
        self.leader, self.frozen_at, self.assigned, self.read = None, None, {}, {}
        for process in self.members:
            process.start()

    def wait(self, condition, seconds):
        end = time.monotonic() + seconds
        while not condition() and time.monotonic() < end:
            try:
                self.note(*self.events.get(timeout=0.1))
            except queue.Empty:
                pass
        return condition()

    def note(self, kind, process, at, what=None):
        if kind == "frozen":
            self.leader, self.frozen_at = process, at
        elif kind == "assigned" and self.frozen_at and process != self.leader and at >= self.frozen_at:
            self.assigned.setdefault(process, (round(at - self.frozen_at, 2), what))
        elif kind == "read":
            self.read[process] = self.read.get(process, 0) + what

    def produce(self):
        producer = KafkaProducer(bootstrap_servers=self.bootstrap, acks="all")
        for number in range(MESSAGES):
            producer.send(self.topic, value=b"message", partition=number % MEMBERS)
        producer.flush(10)

    def show_stacks(self):
        for process in self.members:
            os.kill(process.pid, signal.SIGUSR1)
        time.sleep(1)

    def end(self):
        for process in self.members:
            process.kill()


def main():
    bootstrap, topic, group = sys.argv[1:4]
    attempt = Attempt(bootstrap, topic, group)
    try:
        attempt.wait(lambda: attempt.frozen_at, JOIN_SECONDS)
        followers_work = attempt.wait(lambda: len(attempt.assigned) == MEMBERS - 1, RESCUE_SECONDS)
        if followers_work:
            attempt.produce()
            share = MESSAGES // MEMBERS
            followers_work = attempt.wait(lambda: sum(attempt.read.values()) >= share * (MEMBERS - 1), READ_SECONDS)
        if not followers_work:
            attempt.show_stacks()
        print(json.dumps({
            "ok": followers_work,
            "frozen": attempt.frozen_at is not None,
            "assignedSeconds": sorted(seconds for seconds, _ in attempt.assigned.values()),
            "assigned": sorted(partitions for _, partitions in attempt.assigned.values()),
            "read": sorted(attempt.read.values()),
        }))
    finally:
        attempt.end()


if __name__ == "__main__":
    main()
