"""A PostgreSQL server of our own in a temporary folder, reached through a socket in it and by no network."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine

SERVER_USER = "postgres"  # the server refuses to run as root
WHERE_PROGRAMS_LIE = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
QUICK = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=200"
PATIENCE_S = 300


@dataclass(frozen=True)
class Server:
    """A running server; each `database` it is asked for is a new, empty one."""

    folder: Path
    numbers: Iterator[int]

    def url(self, database: str, role: str = SERVER_USER) -> str:
        return f"postgresql+psycopg://{role}@/{database}?host={self.folder}"

    def database(self, owner: str = SERVER_USER) -> str:
        """The URL of an empty database; its owner is made if there is none, and may make roles, but not do anything."""
        name = f"town_{next(self.numbers)}"
        maker = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with maker.connect() as connection:
            if not connection.exec_driver_sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{owner}'").scalar():
                connection.exec_driver_sql(f"CREATE ROLE {owner} LOGIN CREATEROLE")
            connection.exec_driver_sql(f"CREATE DATABASE {name} OWNER {owner}")
        maker.dispose()
        return self.url(name, owner)


def missing() -> str | None:
    """Why no server can be started here, in a sentence; None when one can."""
    if programs() is None:
        return "PostgreSQL's server programs are not on this machine (Debian: apt-get install postgresql)."
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        return f"PostgreSQL does not run as root, and runuser is not here to become {SERVER_USER}."
    return None


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, of the newest version there is."""
    on_path = shutil.which("pg_ctl")
    if on_path and shutil.which("initdb"):
        return Path(on_path).parent
    folders = (folder for pattern in WHERE_PROGRAMS_LIE for folder in Path("/").glob(pattern.lstrip("/")))
    return max((folder for folder in folders if (folder / "initdb").exists()), default=None)


@contextmanager
def running() -> Iterator[Server]:
    """Starts a server and stops it; `missing` must have nothing to say."""
    with tempfile.TemporaryDirectory(prefix="pg-") as name:  # a short path: a socket's may have 107 characters
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, SERVER_USER)
        store, log = folder / "store", folder / "log"
        _run("initdb", "--no-sync", "-A", "trust", "-U", SERVER_USER, "-E", "UTF8", "--locale=C", "-D", store)
        _run("pg_ctl", "-w", "-D", store, "-l", log, "-o", f"{QUICK} -k {folder}", "start")
        try:
            yield Server(folder, count())
        finally:
            _run("pg_ctl", "-w", "-D", store, "-m", "immediate", "stop")


def _run(program: str, *arguments: object) -> None:
    command = [str(programs() / program), *map(str, arguments)]
    if os.geteuid() == 0:
        command = ["runuser", "-u", SERVER_USER, "--", *command]
    done = subprocess.run(command, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stdout.decode(errors="replace")
