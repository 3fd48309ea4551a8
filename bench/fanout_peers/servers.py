"""The other servers that ours is compared with (peers). Each is one process, started and stopped in the same way."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from bench.fanout_peers.crowd import upgraded
from bench.fanout_peers.frames import Frame, frames, handshake
from bench.fanout_peers.peers_installed import nginx_with_nchan, node_with_ws
from bench.fanout_peers.publisher import ROOT, Publisher
from bench.services import Services
from tests.services.machine import is_root
from tests.services.redis_server import free_port, wait_for_port
from tests.site_process import SiteProcess

HERE = Path(__file__).parent
WARM_UP = 20
"""How many sockets are opened and closed before the measurement."""


@dataclass(frozen=True)
class Served:
    """A running server, the handshakes of its clients, and how to start its publisher."""

    port: int
    process: SiteProcess
    handshakes: list[bytes]
    publisher: Callable[[], Publisher]
    answered: Callable[[bytes], bool] = upgraded
    split: Callable[[bytes], Iterator[Frame]] = frames
    """Yields the complete messages in what a client has read."""


AS_ROOT = [] if is_root() else ["--map-root-user"]
"""Options of `unshare`, with which nchan gets a /var/lib of its own, because it needs folders there."""

Peer = Callable[[Services, int], AbstractContextManager[Served]]
"""A function that starts a server for a number of sockets."""


@contextlib.contextmanager
def running(
    command: list[str], port: int, environment: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command until the block ends, and print the end of its output if the block fails."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=output, stderr=output
        )
        try:
            wait_for_port(port, process)
            yield process
        except BaseException:
            output.seek(0)
            print(output.read()[-3000:].decode(errors="replace"), file=sys.stderr)
            raise
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def plain_handshakes(port: int, path: str, sockets: int) -> list[bytes]:
    return [handshake(port, path) for _ in range(sockets)]


def publishing(*words: str) -> Callable[[], Publisher]:
    """Return a function that starts the publisher `words` (see Publisher)."""
    return lambda: Publisher(words, dict(os.environ))


@contextlib.contextmanager
def naive(services: Services, sockets: int) -> Iterator[Served]:
    port = free_port()
    words = ["-m", "daphne", "-v", "0", "-e", f"tcp:port={port}:interface=127.0.0.1:backlog=2048"]
    command = [sys.executable, *words, "bench.fanout_peers.naive:application"]
    with running(command, port, {"REDIS_URL": services.redis.url}) as process:
        publisher = publishing("layer", services.redis.url)
        yield Served(port, process, plain_handshakes(port, "/", sockets), publisher)


@contextlib.contextmanager
def websockets_broadcast(services: Services, sockets: int) -> Iterator[Served]:
    port = free_port()
    command = [sys.executable, "-m", "bench.fanout_peers.websockets_server", str(port), services.redis.url]
    with running(command, port) as process:
        publisher = publishing("redis", services.redis.url)
        yield Served(port, process, plain_handshakes(port, "/", sockets), publisher)


@contextlib.contextmanager
def node(services: Services, sockets: int) -> Iterator[Served]:
    port, modules = free_port(), f"{node_with_ws()}/node_modules"
    command = ["node", str(HERE / "node_server.cjs"), str(port), str(services.redis.port)]
    with running(command, port, {"NODE_PATH": modules}) as process:
        publisher = publishing("redis", services.redis.url)
        yield Served(port, process, plain_handshakes(port, "/", sockets), publisher)


@contextlib.contextmanager
def nchan(services: Services, sockets: int) -> Iterator[Served]:
    port, unpacked = free_port(), nginx_with_nchan()
    with tempfile.TemporaryDirectory() as folder:
        module = f"{unpacked}/usr/lib/nginx/modules/ngx_nchan_module.so"
        file = Path(folder) / "nginx.conf"
        file.write_text((HERE / "nginx.conf").read_text() % {"module": module, "folder": folder, "port": port})
        words = f"mount -t tmpfs none /var/lib && mkdir /var/lib/nginx && exec {unpacked}/usr/sbin/nginx -c {file}"
        command = ["unshare", *AS_ROOT, "--mount", "sh", "-c", words]
        with running(command, port) as process:
            yield Served(port, process, plain_handshakes(port, "/feed", sockets), publishing("http", str(port)))


def peers() -> dict[str, Peer]:
    """Return the peers available on this machine, by name."""
    found: dict[str, Peer] = {"naive consumer": naive, "websockets": websockets_broadcast}
    if node_with_ws():
        found["node ws"] = node
    if nginx_with_nchan():
        found["nchan"] = nchan
    return found
