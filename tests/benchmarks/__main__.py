"""`python -m tests.benchmarks`: measures everything in one run and writes the table into docs/measurements.md.

`python -m tests.benchmarks NAME…` measures some of it and only prints. It measures and does not test: the exit code
is 0 though an aim be missed.
"""

import argparse
from importlib import import_module
from time import perf_counter

from tests.benchmarks import demonstration, machine
from tests.benchmarks.document import write_part
from tests.benchmarks.figures import Figure, table, verdict

DOCUMENT = demonstration.ROOT / "docs" / "measurements.md"
MEASUREMENTS = {
    "district": "Laying the district",
    "rating": "Rating",
    "saved_visit": "Recording a visit",
    "following": "A city that changes while people look",
    "storm": "Twenty facts a second",
    "sandbox": "Drafts and months",
    "backtest": "The backtest",
    "planning": "The inspection plan",
    "cold_tiles": "Cold tiles",
    "serving": "The server",
    "first_marks": "First marks in a browser",
    "open_maps": "Open maps",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("name", nargs="*", choices=[[], *MEASUREMENTS], help=", ".join(MEASUREMENTS))
    names = parser.parse_args().name or list(MEASUREMENTS)
    demonstration.settle()
    start, about = perf_counter(), machine.described()
    found = {name: _measured(name) for name in names}
    parts = [f"### {MEASUREMENTS[name]}\n\n{table(figures)}" for name, figures in found.items()]
    conclusion = verdict([figure for figures in found.values() for figure in figures])
    minutes = (perf_counter() - start) / 60
    text = "\n\n".join((f"{conclusion} Measured in one run of {minutes:.1f} minutes.", about, *parts))
    if len(found) == len(MEASUREMENTS):
        write_part(DOCUMENT, "bench", text)
    print(f"\n{text}\n\n{conclusion}")


def _measured(name: str) -> list[Figure]:
    """The figures of one measurement. It is imported only now: the environment had to be settled first."""
    print(f"{MEASUREMENTS[name]} …", flush=True)
    figures = import_module(f"tests.benchmarks.{name}").figures()
    for figure in figures:
        print("  " + " · ".join(cell for cell in figure.cells() if cell), flush=True)
    return figures


if __name__ == "__main__":
    main()
