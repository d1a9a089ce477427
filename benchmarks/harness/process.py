"""What /proc tells of a process."""
import os, re

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User and system time of all its threads."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mib(pid, field="VmRSS"):
    """A field of its status that counts memory."""
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(rf"{field}:\s+(\d+)", f.read()).group(1)) / 1024


def read_mib(pid):
    """What its read calls have brought in, from disk or page cache."""
    with open(f"/proc/{pid}/io") as f:
        return int(f.readline().split()[1]) >> 20
