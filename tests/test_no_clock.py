"""No test depends on how fast the machine is: read from the tests themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

from hypothesis import settings

TESTS = Path(__file__).resolve().parent
MEASURE = ("benchmarks", "mutants", "trust")  # these measure time, and `make test` passes only the tests in them
CLOCKS = {"time", "monotonic", "perf_counter", "sleep", "time_ns", "monotonic_ns", "perf_counter_ns"}
STARTS_A_SERVER = "browser/service.py"  # asks it now and then whether it is up
PATIENCE_S = 60  # the least that bounds a hang and no speed
LIMITS = {"timeout", "default_timeout"}


def modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(TESTS.rglob("*.py")):
        if path.name.startswith("test_") or path.relative_to(TESTS).parts[0] not in MEASURE:
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Each call with where it stands."""
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield f"{path.relative_to(TESTS)}:{node.lineno}", node


def clocks_imported(tree: ast.Module) -> set[str]:
    """The clocks a module takes from `time` by name."""
    taken = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "time"]
    return {alias.name for node in taken for alias in node.names} & CLOCKS


def reads_a_clock(call: ast.Call) -> bool:
    by_module = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
    return by_module and (call.func.value.id in {"time", "asyncio"}) and call.func.attr in CLOCKS


def limits(call: ast.Call) -> Iterator[float]:
    """Seconds after which a call gives up, where they are written out."""
    waits = isinstance(call.func, ast.Attribute) and call.func.attr in {"wait", "join", "result"}
    given = [*call.args] * waits + [named.value for named in call.keywords if named.arg in LIMITS]
    for value in given:
        if isinstance(value, ast.Constant) and isinstance(value.value, int | float):
            yield value.value


def test_no_test_looks_at_a_clock_or_sleeps():
    assert [str(path.relative_to(TESTS)) for path, tree in modules() if clocks_imported(tree)] == []
    looking = {where.partition(":")[0] for where, call in calls() if reads_a_clock(call)}
    assert looking == {STARTS_A_SERVER}


def test_no_property_has_a_deadline():
    assert settings().deadline is None
    assert [where for where, call in calls() for named in call.keywords if named.arg == "deadline"] == []


def test_a_limit_of_time_only_ends_what_hangs():
    assert [where for where, call in calls() if any(limit < PATIENCE_S for limit in limits(call))] == []
