"""The proxies that are compared: how each is built and started in its simplest honest configuration."""

import os
import subprocess
from pathlib import Path

from processes import Pinned, free_port

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
GATEWAY = ROOT / "gateway-app/target/weir/weir/bin/gateway"
PEERS = HERE.parent / "peers"

# What the gateway's own launcher sets, for every Java peer: one heap, one allocator, one event loop for one core.
JAVA = [
    os.path.join(os.environ["JAVA_HOME"], "bin/java") if "JAVA_HOME" in os.environ else "java",
    "-Xms128m",
    "-Xmx512m",
    "-XX:MaxDirectMemorySize=512m",
    "-Dio.netty.allocator.type=pooled",
    "-Dreactor.netty.ioWorkerCount=1",
]


class Bench:
    """What a proxy is started with: a directory for its files, its processors, the origin's port."""

    def __init__(self, work, cpus, origin):
        self.work = work
        self.cpus = cpus
        self.origin = origin

    def start(self, name, port, command):
        server = Pinned(name, self.cpus, command, self.work / f"{name}.log")
        try:
            server.await_port(port)
        except Exception:
            server.stop()
            raise
        server.port = port
        return server

    def write(self, template, **values):
        return write_configuration(self.work, template, origin=self.origin, **values)


def write_configuration(work, template, **values):
    text = (HERE / "conf" / template).read_text()
    for key, value in {"work": work, **values}.items():
        text = text.replace("{{" + key + "}}", str(value))
    path = work / template
    path.write_text(text)
    return path


def nginx(bench):
    port = free_port()
    configuration = bench.write("nginx.conf", port=port)
    return bench.start("nginx", port, ["nginx", "-p", bench.work, "-c", configuration])


def haproxy(bench):
    port = free_port()
    return bench.start("haproxy", port, ["haproxy", "-f", bench.write("haproxy.cfg", port=port)])


def weir(chain):
    def start(bench):
        port = free_port()
        file = bench.write(f"weir-chain-{chain}.yaml", port=port, admin=free_port())
        return bench.start(f"weir-chain-{chain}", port, [GATEWAY, "run", file])

    return start


def class_path(peer):
    target = PEERS / peer / "target"
    return f"{target}/classes:{target}/lib/*"


def java(name, peer, main, *fixed):
    def start(bench):
        port = free_port()
        origin = f"http://127.0.0.1:{bench.origin}"
        arguments = [a.format(port=port, origin=origin) for a in fixed or ("{port}", "{origin}")]
        return bench.start(name, port, [*JAVA, "-cp", class_path(peer), main, *arguments])

    return start


def spring(name, *extra):
    main = "dev.weir.peers.SpringCloudGateway"
    arguments = ("--server.port={port}", "--upstream={origin}", *extra)
    return java(name, "spring-cloud-gateway", main, *arguments)


# By name: how it is started, and the module that has to be built for it.
PEERS_BY_NAME = {
    "nginx": (nginx, None),
    "haproxy": (haproxy, None),
    "weir": (weir("on"), "weir"),
    "weir-chain-off": (weir("off"), "weir"),
    "reactor-netty": (
        java("reactor-netty", "reactor-netty", "dev.weir.peers.ReactorNettyPassThrough"),
        "reactor-netty",
    ),
    "vertx": (java("vertx", "vertx", "dev.weir.peers.VertxProxy"), "vertx"),
    "scg": (spring("scg"), "spring-cloud-gateway"),
    "scg-resilient": (
        spring("scg-resilient", "--spring.profiles.active=resilient"),
        "spring-cloud-gateway",
    ),
}

# What the figures of all are divided by.
YARDSTICKS = ["nginx", "reactor-netty", "scg-resilient"]


def build(names):
    """Builds what is asked for, and the generator of constant load."""
    modules = {PEERS_BY_NAME[name][1] for name in names} - {None}
    ours = ["gateway-app", "load-tests"] if "weir" in modules else ["load-tests"]
    maven(ROOT / "pom.xml", "-pl", ",".join(ours), "-am", "package")
    for peer in sorted(modules - {"weir"}):
        maven(PEERS / peer / "pom.xml", "package")


def maven(pom, *arguments):
    options = ["-q", "-DskipTests", "-Dspotless.check.skip=true", "-f", pom]
    subprocess.run(["mvn", *map(str, options), *arguments], check=True, cwd=ROOT)
