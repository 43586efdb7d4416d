"""What is being done and how far it has come: a bar on a terminal, lines in a log."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from tqdm import tqdm

Report = Callable[[str, int, int], None]  # what is being done, how much of it is done, of how much in all


@contextmanager
def progress(out: TextIO | None = None) -> Iterator[Report]:
    """Takes reports and shows them. out: standard error unless told."""
    out = out or sys.stderr
    if not out.isatty():
        yield ProgressLines(out)
        return
    with tqdm(file=out, leave=False, bar_format="{desc:<32} {percentage:3.0f}% |{bar}| {elapsed}") as bar:

        def report(label: str, done: int, total: int) -> None:
            bar.set_description_str(label, refresh=False)
            bar.total, bar.n = max(total, 1), done
            bar.refresh()

        yield report


@dataclass
class ProgressLines:
    """A line for each step, and one for each tenth of it."""

    out: TextIO
    label: str = ""
    tenths: int = 0

    def __call__(self, label: str, done: int, total: int) -> None:
        tenths = 10 * done // total if total else 0
        if label == self.label and tenths <= self.tenths:
            return
        self.label, self.tenths = label, tenths
        print(f"{label}: {10 * tenths}%" if tenths else f"{label} …", file=self.out, flush=True)
