"""The two measurements: what a request costs at full load, and how long it takes at a constant rate."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from peers import JAVA
from processes import pinned

HERE = Path(__file__).resolve().parent
CLASSES = HERE.parent / "target/classes"


@dataclass(frozen=True)
class Payload:
    name: str
    method: str
    path: str
    sent_bytes: int = 0
    received_bytes: int = 0
    # So many that answers end at many times in a short measurement, not all at its end.
    max_connections: int = 65536


PAYLOADS = {
    p.name: p
    for p in [
        Payload("0", "GET", "/0"),
        Payload("1k", "GET", "/1k", received_bytes=1024),
        Payload("100k", "GET", "/100k", received_bytes=100 * 1024),
        Payload("10m", "GET", "/10m", received_bytes=10 * 1024 * 1024, max_connections=8),
        Payload("post10k", "POST", "/accept", sent_bytes=10 * 1024),
    ]
}


class Load:
    """The clients: on their own processors, so that they take nothing from what is measured."""

    def __init__(self, cpus, connections):
        self.cpus = cpus
        self.connections = connections

    def full(self, port, payload, mode, seconds):
        """Closed loop: each connection asks again as soon as it is answered."""
        connections = min(self.connections, payload.max_connections)
        command = [
            "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s",
            "-s", HERE / "wrk.lua", f"http://127.0.0.1:{port}{payload.path}",
            "--", payload.method, payload.sent_bytes, mode,
        ]  # fmt: skip
        output = run(pinned(self.cpus, command))
        return json.loads(output.splitlines()[-1])

    def measured(self, proxy, payload, mode, seconds):
        before = proxy.cpu_seconds()
        figures = self.full(proxy.port, payload, mode, seconds)
        cpu = proxy.cpu_seconds() - before
        requests = max(figures["requests"], 1)
        return {
            **figures,
            "cpu_us": cpu * 1e6 / requests,
            "cores": cpu / figures["seconds"],
            "per_second": figures["requests"] / figures["seconds"],
            "rss_mib": proxy.rss_bytes() / 2**20,
        }

    def constant(self, port, payload, rate, seconds):
        """Open loop: requests are due by the clock, and their latency counts from when they were due."""
        command = [
            JAVA[0], "-Xmx256m", "-cp", CLASSES, "dev.weir.load.client.ConstantRate",
            f"http://127.0.0.1:{port}{payload.path}", rate, seconds, self.connections,
        ]  # fmt: skip
        return json.loads(run(pinned(self.cpus, command)))


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{command[3]} failed: {done.stdout[-500:]} {done.stderr[-2000:]}")
    return done.stdout
