"""`python -m tests.mutants [PATH]`: puts small mistakes into the code and counts those that no related test notices.

The figures go to the screen, the mistakes nobody noticed to var/mutants/report.txt. It measures and does not test.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from queue import SimpleQueue
from time import perf_counter

from tests.mutants.mutations import Mutant, mutants
from tests.mutants.report import Verdict, survivors, table
from tests.mutants.rooms import RELATED, ROOMS, places
from tests.mutants.touched import Touched
from tests.mutants.trial import Copy

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var" / "mutants"
DISTRICT = VAR / "district"
LAYING = f"from pathlib import Path; from tests.dashboard.demonstration import laid; laid(Path({str(DISTRICT)!r}))"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("within", nargs="?", default="", help="a room, or a path such as data/access/roles.py")
    parser.add_argument("--each", type=int, default=60, help="mutants of a room (60)")
    parser.add_argument("--seed", type=int, default=1, help="another one draws other mutants (1)")
    parser.add_argument("--side-by-side", type=int, default=2, help="how many are tried at a time (2)")
    asked = parser.parse_args()
    start, paths = perf_counter(), _paths()
    sources = {place.path: (ROOT / place.path).read_text("utf-8") for place in places(paths, asked.within)}
    drawn = _drawn(paths, sources, asked)
    if not drawn:
        parser.error(f"there is no code in {asked.within}; the rooms are {', '.join(ROOMS)}")
    verdicts = _tried(drawn, paths, asked.side_by_side)
    figures = table(verdicts)
    VAR.mkdir(parents=True, exist_ok=True)
    (VAR / "report.txt").write_text(f"{figures}\n\n{survivors(verdicts, sources)}", encoding="utf-8")
    print(f"\n{figures}\n\nIn {(perf_counter() - start) / 60:.0f} minutes. What nobody noticed: {VAR / 'report.txt'}")
    return 0


def _paths() -> list[str]:
    """What is in the tree, and what will be once it is added."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [path for path in listed if (ROOT / path).is_file()]


def _drawn(paths: list[str], sources: dict[str, str], asked: argparse.Namespace) -> list[Mutant]:
    """So many of each room, drawn by the seed."""
    every = [one for place in places(paths, asked.within) for one in mutants(place, sources[place.path])]
    every.sort(key=lambda one: (list(ROOMS).index(one.place.room), one.rank(asked.seed)))
    return [one for _, of_room in groupby(every, lambda one: one.place.room) for one in list(of_room)[: asked.each]]


def _tried(drawn: list[Mutant], paths: list[str], side_by_side: int) -> list[Verdict]:
    copies: SimpleQueue[Copy] = SimpleQueue()
    for number in range(side_by_side):
        copies.put(Copy(ROOT, paths, VAR / f"tree-{number}"))
    environment = _environment(drawn)

    def measured(room: str) -> Touched:
        with _borrowed(copies) as copy:
            return _touched(room, copy, environment)

    with ThreadPoolExecutor(side_by_side) as pool:
        rooms = list(dict.fromkeys(one.place.room for one in drawn))
        touched = dict(zip(rooms, pool.map(measured, rooms), strict=True))

        def tried(mutant: Mutant) -> Verdict:
            tests = touched[mutant.place.room].tests(mutant)
            with _borrowed(copies) as copy:
                return Verdict(mutant, bool(tests) and copy.notices(mutant, tests, environment))

        waiting = {pool.submit(tried, mutant): place for place, mutant in enumerate(drawn)}
        return [verdict for _, verdict in sorted(_as_they_come(waiting), key=lambda pair: pair[0])]


@contextmanager
def _borrowed(copies: SimpleQueue) -> Iterator[Copy]:
    copy = copies.get()
    try:
        yield copy
    finally:
        copies.put(copy)


def _touched(room: str, copy: Copy, environment: dict[str, str]) -> Touched:
    """Which test runs what. Tests that fail without any mistake would call every mutant noticed: they end it."""
    trace = VAR / f"{room.replace('/', '-')}.trace"
    trace.unlink(missing_ok=True)
    tests = [one for one in RELATED[room] if not one.startswith("tests/") or (copy.folder / one).exists()]
    if copy.exit_code(tests, environment, trace) != 0:
        sys.exit(f"Mend these tests first, they fail as the code stands: {' '.join(tests)}")
    print(f"     measured what the tests of {room} run", flush=True)
    return Touched(trace, copy.folder)


def _as_they_come(waiting: dict) -> Iterable[tuple[int, Verdict]]:
    for count, future in enumerate(as_completed(waiting), 1):
        verdict, mutant = future.result(), future.result().mutant
        word = "killed  " if verdict.noticed else "SURVIVED"
        print(f"{count:4}/{len(waiting)} {word} {mutant.place.path}:{mutant.line}", flush=True)
        yield waiting[future], verdict


def _environment(drawn: list[Mutant]) -> dict[str, str]:
    """Tests of the pages copy one demonstration district, so that it is not laid anew for every mutant."""
    if not any(one.place.path.startswith("dashboard") for one in drawn):
        return {}
    if not (DISTRICT / "laid").exists():
        DISTRICT.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-c", LAYING], cwd=ROOT, check=True)
        (DISTRICT / "laid").touch()
    return {"DISTRICT_LAID_IN": str(DISTRICT)}


if __name__ == "__main__":
    sys.exit(main())
