"""Which tests run which function: measured once, so that a mistake is tried only with tests that could notice it."""

from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

from tests.mutants.mutations import Mutant

ROOMS = ("scoring/*", "data/*", "dashboard/*")


class _Contexts:
    """Tells coverage whose the lines are: a test's, or the whole file's whose fixture is made once for its tests."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self.measured = measured

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.measured.switch_context(item.nodeid)
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef, request) -> Iterator[None]:
        test = request._pyfuncitem.nodeid
        if fixturedef.scope != "function":
            self.measured.switch_context(test.split("::")[0])
        try:
            return (yield)
        finally:
            self.measured.switch_context(test)


def traced(arguments: list[str], trace: Path | None) -> int:
    """pytest's exit code; where `trace` says, the lines that each test ran."""
    if trace is None:
        return int(pytest.main(arguments))
    measured = coverage.Coverage(data_file=str(trace), include=list(ROOMS), config_file=False)
    measured.start()
    code = pytest.main(arguments, plugins=[_Contexts(measured)])
    measured.stop()
    measured.save()
    return int(code)


class Touched:
    """What a trace says. folder: the copy of the tree it was made in."""

    def __init__(self, trace: Path, folder: Path) -> None:
        self.data = coverage.CoverageData(basename=str(trace))
        self.data.read()
        self.folder = folder

    def tests(self, mutant: Mutant) -> list[str]:
        """Tests that run the function the mistake is in; outside of functions, those that run any of its file."""
        first, last = mutant.lines or (0, float("inf"))
        by_line = self.data.contexts_by_lineno(str(self.folder / mutant.place.path))
        found = {name for line, names in by_line.items() if first <= line <= last for name in names if name}
        whole_files = {name for name in found if "::" not in name}
        return sorted(whole_files) + sorted(name for name in found if name.split("::")[0] not in whole_files)
