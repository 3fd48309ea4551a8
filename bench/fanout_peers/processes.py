"""Processor time and resident memory of a server's processes, read from the kernel."""

import re
import time
from contextlib import suppress
from pathlib import Path


def family(pid: int) -> list[int]:
    """Return the ids of a process and its descendants."""
    children = [
        int(child) for file in Path(f"/proc/{pid}/task").glob("*/children") for child in file.read_text().split()
    ]
    return [pid, *(one for child in children for one in family(child))]


def on_cpu_s(pid: int) -> float:
    """Return the processor time, including ended threads. The clock id is computed as in clock_getcpuclockid(3)."""
    used = 0.0
    for member in family(pid):
        with suppress(OSError):  # it has ended
            used += time.clock_gettime(~member << 3 | 2)
    return used


def resident_kb(pid: int) -> int:
    return sum(resident_kb_of_one(member) for member in family(pid))


def resident_kb_of_one(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    return int(found[1]) if found else 0
