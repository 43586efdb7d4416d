"""Runs tests in a copy of the tree with one mistake in it, in a process that has the libraries loaded already."""

import os
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from tests.mutants.mutations import Mutant
from tests.mutants.touched import traced

LIBRARIES = ["pytest", "hypothesis", "sqlalchemy", "pandas", "scipy.stats", "streamlit.testing.v1", "folium", "authlib"]
SECONDS = 600  # a mutant that runs longer than its tests ever did goes round in circles: it counts as noticed
STOPPED, NO_TESTS = -1, 5  # by the clock; pytest's word for having found no test
ARGUMENTS = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-profile=mutants", "--no-header")
DAY_S = 86_400

PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(LIBRARIES)


class Copy:
    """A copy of the tree to put mistakes into."""

    def __init__(self, house: Path, paths: list[str], folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        for path in paths:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(house / path, folder / path)
        for name in ("node_modules", ".venv"):
            (folder / name).symlink_to(house / name)
        self.folder, self._changes = folder, 0

    def notices(self, mutant: Mutant, tests: Sequence[str], environment: dict[str, str]) -> bool:
        """Whether one of the tests fails."""
        with self._changed(mutant):
            code = self.exit_code(tests, environment)
        if code == NO_TESTS:
            raise LookupError(f"{mutant.place.path}: pytest knows none of {tests}")
        return code != 0

    def exit_code(self, tests: Sequence[str], environment: dict[str, str], trace: Path | None = None) -> int:
        """What pytest answers to the tests as the tree stands; STOPPED after too long.

        trace: where to write which test runs which line.
        """
        process = PROCESSES.Process(target=_tests, args=(self.folder, tests, environment, trace))
        process.start()
        process.join(None if trace else SECONDS)
        if process.exitcode is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.join()
            return STOPPED
        return process.exitcode

    @contextmanager
    def _changed(self, mutant: Mutant) -> Iterator[None]:
        file = self.folder / mutant.place.path
        whole, times = file.read_bytes(), (file.stat().st_atime, file.stat().st_mtime)
        self._changes += 1
        file.write_text(mutant.code, encoding="utf-8")
        later = times[1] + DAY_S + self._changes  # compiled files are known by the second and the size of their source
        os.utime(file, (later, later))
        try:
            yield
        finally:
            file.write_bytes(whole)
            os.utime(file, times)


def _tests(folder: Path, tests: Sequence[str], environment: dict[str, str], trace: Path | None) -> None:
    os.setsid()
    os.chdir(folder)
    os.environ.update(environment)
    for name in [name for name in sys.modules if name.split(".")[0] in ("tests", "__mp_main__")]:
        del sys.modules[name]  # they are of the tree itself
    sys.path[:] = [str(folder), *(path for path in sys.path if path and not Path(path, "tests", "mutants").exists())]
    sys.dont_write_bytecode = False
    output = os.open(folder.with_suffix(".txt"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os._exit(traced([*ARGUMENTS, f"--basetemp={folder.with_suffix('.tmp')}", *tests], trace))
