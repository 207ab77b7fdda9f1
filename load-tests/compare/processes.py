"""Processes on chosen processors: starting them, waiting for them, and what they cost."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
START_LIMIT_SECONDS = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pinned(cpus, command):
    return ["taskset", "-c", cpus, *map(str, command)]


class Pinned:
    """A server on some processors, in a group of its own, so that ending it ends its children."""

    def __init__(self, name, cpus, command, log):
        self.name = name
        self.log = Path(log)
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(
                pinned(cpus, command),
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def await_port(self, port):
        end = time.monotonic() + START_LIMIT_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended: {self.tail()}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not listen on {port}: {self.tail()}")

    def tail(self):
        return self.log.read_text(errors="replace")[-2000:]

    def cpu_seconds(self):
        """User and system time of the process and of all below it."""
        return sum(ticks(pid) for pid in tree(self.process.pid)) * TICK_SECONDS

    def rss_bytes(self):
        return sum(rss(pid) for pid in tree(self.process.pid))

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def tree(root):
    """The process and all below it, found by who says to be whose child."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = stat(entry.name)
            if fields:
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, open_ends = [], [root]
    while open_ends:
        pid = open_ends.pop()
        found.append(pid)
        open_ends += children.get(pid, [])
    return found


def stat(pid):
    """The fields of /proc/pid/stat after the name, which may hold anything; None if it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def ticks(pid):
    """utime and stime, and those of children that have ended (fields 14 to 17 of proc(5))."""
    fields = stat(pid)
    return sum(map(int, fields[11:15])) if fields else 0


def rss(pid):
    fields = stat(pid)
    return int(fields[21]) * os.sysconf("SC_PAGE_SIZE") if fields else 0
