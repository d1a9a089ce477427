"""A leader that falls silent after it joined, with kafka-python and its default settings.

    silent_leader.py BOOTSTRAP TOPIC GROUP

Three members join a group on a topic of three partitions. Whoever is elected leader freezes (SIGSTOP) when it is to compute
the assignment: it has joined, and never sends SyncGroup. Prints a line of JSON: seconds from the freeze until both others
have a partition, and how many of 150 messages they read then.
"""

import json
import multiprocessing
import os
import signal
import sys
import time

from kafka import KafkaConsumer, KafkaProducer
from kafka.coordinator.assignors.range import RangePartitionAssignor

MEMBERS = 3
ALL_SECONDS = 45


def member(bootstrap, topic, group, events, frozen):
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
            return super().assign(cluster, members)

    consumer = KafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest",
        partition_assignment_strategy=[FreezingAssignor])
    assigned = None
    while True:
        polled = consumer.poll(timeout_ms=50)
        now = sorted(partition.partition for partition in consumer.assignment())
        if now != assigned:
            assigned = now
            events.put(("assigned", os.getpid(), time.time(), now))
        for records in polled.values():
            events.put(("read", os.getpid(), time.time(), len(records)))


def main():
    bootstrap, topic, group = sys.argv[1:4]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["kafka"])
    events, frozen = context.Queue(), context.Event()
    processes = [
        context.Process(target=member, args=(bootstrap, topic, group, events, frozen), daemon=True) for _ in range(MEMBERS)]
    result = {"ok": False}
    try:
        for process in processes:
            process.start()
        leader, frozen_at, assigned_at, read = None, None, {}, {}
        produced = False
        end = time.time() + ALL_SECONDS
        while time.time() < end:
            try:
                event = events.get(timeout=0.2)
            except Exception:  # nothing came: the clock is looked at again
                continue
            if event[0] == "frozen":
                leader, frozen_at = event[1], event[2]
            elif event[0] == "assigned" and frozen_at and event[3] and event[1] != leader and event[2] >= frozen_at:
                assigned_at.setdefault(event[1], (event[2] - frozen_at, event[3]))
            elif event[0] == "read":
                read[event[1]] = read.get(event[1], 0) + event[3]
            if len(assigned_at) == MEMBERS - 1 and not produced:
                produced = True
                producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
                for number in range(150):
                    producer.send(topic, value=b"message", partition=number % 3)
                producer.flush(10)
            if produced and sum(read.values()) >= 100:
                break
        result = {
            "ok": produced and sum(read.values()) >= 100,
            "frozen": frozen_at is not None,
            "assignedSeconds": sorted(round(seconds, 2) for seconds, _ in assigned_at.values()),
            "assigned": sorted(partitions for _, partitions in assigned_at.values()),
            "read": sorted(read.values()),
        }
    finally:
        for process in processes:
            process.kill()
        print(json.dumps(result))


if __name__ == "__main__":
    main()
