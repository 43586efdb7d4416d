"""The product as a person starts it, in a process of its own; and a listener for whatever it would ask the world."""

import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.dashboard.demonstration import ROOT, Demonstration, surroundings

STARTS_WITHIN_S = 300
PORTS = range(20_000, 32_000)  # below those the system lends to connections, which could take a free one


class Outside:
    """A proxy that lets nothing through and keeps the first line of every request that meant to leave."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                client_info, _ = self._socket.accept()
            except OSError:
                return
            with client_info:
                line = client_info.recv(4096).split(b"\r\n")[0].decode("latin-1")
                self.asked.append(line or "a connection without a word")
                client_info.sendall(b"HTTP/1.1 502 Nothing leaves\r\nContent-Length: 0\r\n\r\n")

    def close(self) -> None:
        self._socket.close()


@contextmanager
def served(demonstration: Demonstration, outside: Outside) -> Iterator[str]:
    """The address of the running product; whatever it asks of the world goes to `outside`."""
    port = _free_port()
    log = demonstration.folder / "server.log"
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/server.py", "--server.port", str(port)]
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), outside.address)
    environment = surroundings(demonstration.environment | proxies | {"no_proxy": "", "NO_PROXY": ""})
    with log.open("wb") as written:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=written, stderr=subprocess.STDOUT)
    address = f"http://localhost:{port}"
    try:
        _wait_until_well(process, address, log)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=120)


def _free_port() -> int:
    for port in random.sample(PORTS, 100):
        with suppress(OSError), socket.create_server(("", port)):
            return port
    raise AssertionError("There is no free port.")


def _wait_until_well(process: subprocess.Popen, address: str, log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline:
        assert process.poll() is None, f"The server ended at once:\n{log.read_text()}"
        try:
            with urlopen(f"{address}/_stcore/health", timeout=60):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"The server did not answer within {STARTS_WITHIN_S} s:\n{log.read_text()}")


def place_of(url: str) -> str:
    """Host and port of an address; data: and blob: addresses hold their content themselves."""
    found = re.match(r"(?:https?|wss?)://([^/?#]+)", url)
    return found[1] if found else ""
