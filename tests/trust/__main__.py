"""`python -m tests.trust`: puts the promises to the test, at length; the exit code is 1 if one was broken.

`python -m tests.trust NAME…` tries some of them. `make test` tries short forms of the same.
"""

import argparse
import subprocess
import sys
from importlib import import_module
from time import perf_counter

from tests.benchmarks.machine import described
from tests.trust.promise import Promise, table, verdict
from tests.trust.writers import ROOT

PROMISES = {
    "killed_writers": "T1 nothing acknowledged is lost",
    "killed_recorders": "T1 no single fact is lost",
    "many_writers": "T2 many writers",
    "one_save": "T3 a save happens once",
    "backups": "T11 it comes back",
    "door": "T14 a rush holds up nobody's map",
    "many_scopes": "T4 many officers, each with an area of their own",
    "long_tests": "Tests that take minutes",
    "new_draws": "Properties on new draws",
}
NO_TESTS = 5  # pytest's word for it


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.trust", description=__doc__)
    parser.add_argument("name", nargs="*", choices=[[], *PROMISES], help=", ".join(PROMISES))
    names = parser.parse_args().name or list(PROMISES)
    start, about = perf_counter(), described()
    found = [promise for name in names for promise in _tried(name)]
    print(f"\n{table(found)}\n\n{about}\n")
    print(f"{verdict(found)} Tried in {(perf_counter() - start) / 60:.1f} minutes.")
    return 0 if all(promise.kept for promise in found) else 1


def _tried(name: str) -> list[Promise]:
    print(f"{PROMISES[name]} …", flush=True)
    own = {"long_tests": long_tests, "new_draws": new_draws}
    found = own[name]() if name in own else import_module(f"tests.trust.{name}").promises()
    for promise in found:
        print("  " + " · ".join(cell for cell in promise.cells() if cell), flush=True)
    return found


def long_tests() -> list[Promise]:
    return [_tests("Tests that take minutes", "-m", "long")]


def new_draws() -> list[Promise]:
    """`make test` draws the same each time; here properties are tried on what was never drawn."""
    return [_tests("Properties on new draws", "-m", "hypothesis and not long", "--hypothesis-profile", "new draws")]


def _tests(name: str, *options: str) -> Promise:
    done = subprocess.run([sys.executable, "-m", "pytest", *options], cwd=ROOT)
    return Promise(name, done.returncode not in (0, NO_TESTS), "failures", 0)


if __name__ == "__main__":
    sys.exit(main())
