"""`python -m tests.trust`: puts the promises to the test, at length, and writes what came out into docs/security.md.

`python -m tests.trust NAME…` tries some of them and only prints. The exit code is 1 if one was broken or the run was
interrupted. `make test` tries short forms of the same.
"""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from tests.benchmarks.document import write_part
from tests.benchmarks.machine import described
from tests.trust.promise import Promise
from tests.trust.tests_of_the_suite import FILES, WORKERS, of_files, promise_of
from tests.trust.trial import Trial, report, tried
from tests.trust.writers import ROOT

DOCUMENT = ROOT / "docs" / "security.md"
PROMISES = {  # the short ones first
    "killed_writers": "T1 nothing acknowledged is lost",
    "killed_recorders": "T1 no single fact is lost",
    "one_save": "T3 a save happens once",
    "many_writers": "T2 many writers",
    "safe_exports": "T9 exports are safe",
    "helpful_errors": "T12 errors help",
    "ways_out": "T15 every way out is in the trail",
    "backups": "T11 it comes back",
    "browser_is_told": "T7 the browser is told",
    "no_open_door": "T6 no open door",
    "each_sees_its_own": "T5 each sees only its own",
    "bad_files": "T8 bad files do no harm: what is read, with which limits",
    "damaged_files": "T8 bad files do no harm: a thousand damaged ones, and a site that stays up",
    "many_scopes": "T4 many officers, each with an area of their own",
    "many_sessions": "T4 many readers",
    "door": "T14 a rush holds up nobody's map",
    "changing_data": "T14 the page answers while data changes",
    "long_tests": "Tests that take minutes",
    "new_draws": "Properties on new draws",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.trust", description=__doc__)
    parser.add_argument("name", nargs="*", choices=[[], *PROMISES], help=", ".join(PROMISES))
    names = parser.parse_args().name or list(PROMISES)
    about, trials = described(), list[Trial]()
    try:
        for name in names:
            trials.append(tried(PROMISES[name], lambda name=name: promises_of(name)))
    except KeyboardInterrupt:
        print("Interrupted.")
    not_tried = [PROMISES[name] for name in names[len(trials) :]]
    text = report(trials, about, not_tried)
    if len(trials) == len(PROMISES):
        write_part(DOCUMENT, "trust", text)
    print(f"\n{text}")
    return 0 if not not_tried and all(trial.kept for trial in trials) else 1


def promises_of(name: str) -> Sequence[Promise]:
    if name in FILES:
        return of_files(name, PROMISES[name].partition(":")[0])
    own: dict[str, Callable[[], Sequence[Promise]]] = {"long_tests": long_tests, "new_draws": new_draws}
    return own[name]() if name in own else import_module(f"tests.trust.{name}").promises()


def long_tests() -> list[Promise]:
    return [promise_of("Tests that take minutes", "-m", "long")]


def new_draws() -> list[Promise]:
    """`make test` draws the same each time; here properties are tried on what was never drawn."""
    drawn = ("-m", "hypothesis and not long", "--hypothesis-profile", "new draws")
    return [promise_of("Properties on new draws", *WORKERS, *drawn)]


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):  # of a terminal, and of whatever ends what takes too long
        signal.signal(number, signal.default_int_handler)
    sys.exit(main())
