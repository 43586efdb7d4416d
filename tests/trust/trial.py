"""One entry of `make trust` as it was tried, and what is told of all of them."""

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

from tests.trust.promise import Promise, table, verdict


@dataclass(frozen=True)
class Trial:
    """title: the number of the promise and its words."""

    title: str
    promises: tuple[Promise, ...]
    minutes: float

    @property
    def kept(self) -> bool:
        return all(promise.kept for promise in self.promises)

    def __str__(self) -> str:
        return f"### {self.title} ({self.minutes:.1f} min)\n\n{table(self.promises)}"


def tried(title: str, promises: Callable[[], Sequence[Promise]]) -> Trial:
    """What breaks off has not kept its promise, and the others are tried all the same."""
    print(f"{title} …", flush=True)
    start = perf_counter()
    try:
        found = tuple(promises())
    except Exception as error:
        traceback.print_exc()
        found = (Promise(f"{title}: broken off by {type(error).__name__}", 1, "faults", 0),)
    for promise in found:
        print("  " + " · ".join(cell for cell in promise.cells() if cell), flush=True)
    return Trial(title, found, (perf_counter() - start) / 60)


def report(trials: Sequence[Trial], about: str, not_tried: Sequence[str] = ()) -> str:
    """What was found in one sentence, and the tables. not_tried: titles of what an interrupted run left out."""
    every = [promise for trial in trials for promise in trial.promises]
    minutes = sum(trial.minutes for trial in trials)
    left = f" NOT TRIED: {'; '.join(not_tried)}." if not_tried else ""
    said = f"{verdict(every)}{left} Tried in {minutes:.1f} minutes."
    return "\n\n".join((said, about, *map(str, trials)))
