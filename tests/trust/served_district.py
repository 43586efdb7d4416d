"""The dashboard on a copy of the benchmarks' district, in processes of their own; asked as browsers ask."""

import csv
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import numpy as np
from sqlalchemy import Engine, select

from data.access.roles import SYSTEM
from data.db.engine import open_database, reading
from data.db.models.city import Building
from tests.benchmarks import demonstration
from tests.benchmarks.demonstration import DATABASE, LAST_DAY, ROOT, VAR
from tests.benchmarks.following import MAPPING
from tests.benchmarks.server import DASHBOARD, Server, running
from tests.sessions import COOKIE

CITY = "demo"
TILES = [(zoom, x, y) for zoom, x, y in ((12, 3339, 1776), (13, 6678, 3552), (13, 6679, 3553), (12, 3338, 1776))]
SECONDS_BETWEEN_TILES = 0.05
HANGS_S = 300
OK = 200
FAULT_OF_OURS = 500  # 503 is none: the answer says what to do
GAVE_UP = 0


@dataclass(frozen=True)
class Answer:
    """status: GAVE_UP where none came."""

    status: int
    seconds: float


@contextmanager
def served_district() -> Iterator[tuple[Server, Engine]]:
    """The running server, and its database; thrown away afterwards."""
    demonstration.settle()
    if not demonstration.ready().exists():
        subprocess.run([sys.executable, "-m", "tests.benchmarks", "district"], cwd=ROOT, check=True)
    with TemporaryDirectory(prefix="trust-", dir=VAR) as folder:
        file = Path(folder) / "district.sqlite"
        with closing(sqlite3.connect(DATABASE)) as kept, closing(sqlite3.connect(file)) as copy:
            kept.backup(copy)
        os.environ["CREDIT_MAP_DATABASE"] = f"sqlite:///{file}"
        engine = open_database(f"sqlite:///{file}")
        with running(DASHBOARD) as server:
            yield server, engine
        engine.dispose()


def data_command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "data", *arguments]


def import_of_visits(engine: Engine, folder: Path) -> list[str]:
    """The command that brings a visit to every building in, by a file written into the folder."""
    mapping, file = folder / "trust_visits.toml", folder / "visits.csv"
    mapping.write_text(MAPPING, encoding="utf-8")
    with reading(engine, SYSTEM) as session, file.open("w", newline="", encoding="utf-8") as opened:
        rows = csv.writer(opened)
        rows.writerow(("id", "building", "day"))
        codes = session.scalars(select(Building.code))
        rows.writerows((number, code, LAST_DAY.isoformat()) for number, code in enumerate(codes))
    return data_command("import", str(mapping), str(file), "--on", LAST_DAY.isoformat())


def asked(server: Server, path: str, token: str = "", form: dict[str, str] | None = None, source: str = "") -> Answer:
    """source: the address of this machine it comes from; "" for the usual one."""
    start = perf_counter()
    host, port = server.address.removeprefix("http://").split(":")
    own = (source, 0) if source else None
    connection = HTTPConnection("127.0.0.1", int(port), timeout=HANGS_S, source_address=own)
    headers = {"Host": f"{host}:{port}", "Origin": server.address, "Cookie": f"{COOKIE}={token}"}
    try:
        if form is None:
            connection.request("GET", path, headers=headers)
        else:
            content = headers | {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", path, body=urlencode(form), headers=content)
        answer = connection.getresponse()
        answer.read()
        return Answer(answer.status, perf_counter() - start)
    except (OSError, HTTPException):
        return Answer(GAVE_UP, perf_counter() - start)
    finally:
        connection.close()


def version_shown(server: Server, token: str) -> str:
    """Of the city's state, as an open map asks for it."""
    address = f"{server.address}/map/version?city={CITY}"
    with urlopen(Request(address, headers={"Cookie": f"{COOKIE}={token}"}), timeout=HANGS_S) as answer:
        return answer.read().decode()


def sign_in(server: Server, name: str, source: str) -> Answer:
    return asked(server, "/sign-in", form={"name": name, "password": "a wrong password"}, source=source)


def search(server: Server, token: str, words: str) -> Answer:
    return asked(server, f"/map/search?city={CITY}&q={quote(words)}", token)


def tile(server: Server, token: str, number: int) -> Answer:
    zoom, x, y = TILES[number % len(TILES)]
    return asked(server, f"/map/tiles/{zoom}/{x}/{y}.mvt?city={CITY}", token)


class Watched:
    """One who goes on looking at the map within the block; afterwards `answers` are those of its tiles."""

    def __init__(self, server: Server, token: str) -> None:
        self.answers: list[Answer] = []
        self._stop = Event()
        self._thread = Thread(target=self._look, args=(server, token))

    def _look(self, server: Server, token: str) -> None:
        while not self._stop.wait(SECONDS_BETWEEN_TILES):
            self.answers.append(tile(server, token, len(self.answers)))

    def __enter__(self) -> "Watched":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def p95(answers: Sequence[Answer]) -> float:
    return float(np.quantile([answer.seconds for answer in answers], 0.95))


def faults(answers: Sequence[Answer]) -> int:
    """Answers that are a fault of ours, or that never came."""
    return sum(answer.status in (FAULT_OF_OURS, GAVE_UP) for answer in answers)
