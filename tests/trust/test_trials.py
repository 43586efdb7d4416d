"""What is told of promises: each can fail, and none is passed over."""

from collections.abc import Callable, Sequence

import pytest

from tests.trust import __main__ as trust
from tests.trust.promise import Promise
from tests.trust.tests_of_the_suite import FILES, passed
from tests.trust.trial import Trial, report, tried
from tests.trust.writers import ROOT

KEPT, BROKEN = Promise("T1 lost", 0, "writes", 0), Promise("T2 wait", 5.1, "s", 5)
IN_THIS_PROCESS = ("-p", "no:xdist", "--import-mode=importlib", "-c", "/dev/null")


def run(monkeypatch, tmp_path, *names: str, found: Callable[[str], Sequence[Promise]]) -> tuple[int, str]:
    """The exit code of `python -m tests.trust NAME…`, and the document afterwards."""
    document = tmp_path / "security.md"
    document.write_text("By hand.\n<!-- begin: written by make trust --><!-- end: written by make trust -->\nToo.\n")
    monkeypatch.setattr(trust, "DOCUMENT", document)
    monkeypatch.setattr(trust, "promises_of", found)
    monkeypatch.setattr("sys.argv", ["trust", *names])
    return trust.main(), document.read_text()


def test_a_run_whose_promises_are_kept_ends_well_and_is_written_down(monkeypatch, tmp_path):
    code, document = run(monkeypatch, tmp_path, found=lambda name: [KEPT])
    assert code == 0
    assert document.startswith("By hand.\n") and document.endswith("\nToo.\n")
    assert all(f"### {title} (" in document for title in trust.PROMISES.values())
    assert f"All {len(trust.PROMISES)} promises were kept." in document


def test_one_broken_promise_makes_the_whole_run_fail_and_is_written_down_too(monkeypatch, tmp_path):
    code, document = run(monkeypatch, tmp_path, found=lambda name: [BROKEN if name == "many_writers" else KEPT])
    assert code == 1
    assert "promises BROKEN: T2 wait." in document


def test_a_part_of_the_promises_is_only_printed(monkeypatch, tmp_path, capsys):
    code, document = run(monkeypatch, tmp_path, "door", "backups", found=lambda name: [KEPT])
    assert code == 0 and "###" not in document
    assert "All 2 promises were kept." in capsys.readouterr().out


def test_an_interrupted_run_says_what_was_tried_and_what_was_not(monkeypatch, tmp_path, capsys):
    def found(name: str) -> Sequence[Promise]:
        if name == "backups":
            raise KeyboardInterrupt
        return [KEPT]

    code, document = run(monkeypatch, tmp_path, found=found)
    told = capsys.readouterr().out
    assert code == 1 and "###" not in document
    assert f"### {trust.PROMISES['killed_writers']} (" in told and f"### {trust.PROMISES['backups']}" not in told
    assert f"NOT TRIED: {trust.PROMISES['backups']}; " in told


def test_a_trial_that_breaks_off_is_no_kept_promise():
    def broken_off() -> Sequence[Promise]:
        raise LookupError("no server")

    trial = tried("T4 many readers", broken_off)
    assert not trial.kept
    assert trial.promises[0].what == "T4 many readers: broken off by LookupError"


def test_each_trial_says_how_long_it_took():
    assert "### T1 lost (1.5 min)\n\n| Promise |" in report([Trial("T1 lost", (KEPT,), 1.5)], "a machine")


def test_every_entry_can_be_tried():
    apart = {"long_tests", "new_draws"}
    for name in trust.PROMISES.keys() - FILES.keys() - apart:
        assert "def promises() -> list[Promise]:" in (ROOT / "tests" / "trust" / f"{name}.py").read_text(), name
    assert FILES.keys() <= trust.PROMISES.keys()


def test_the_document_has_a_place_for_what_came_out():
    text = trust.DOCUMENT.read_text(encoding="utf-8")
    assert [text.count(f"<!-- {edge}: written by make trust -->") for edge in ("begin", "end")] == [1, 1]


def test_every_file_of_a_promise_is_there():
    assert [file for files in FILES.values() for file in files if not (ROOT / file).is_file()] == []


@pytest.mark.parametrize(
    ("code", "counted"),
    [
        ("def test_a(): pass\ndef test_b(): assert 0", (2, 0, 0, 1)),
        ("import pytest\n@pytest.mark.parametrize('n', (1, 2))\ndef test_a(n): assert n", (2, 2, 0, 0)),
        ("import pytest\n@pytest.fixture\ndef f(): raise OSError\ndef test_a(f): pass", (1, 0, 0, 1)),
        ("import pytest\ndef test_a(): pytest.skip('no server')", (1, 0, 1, 1)),
        ("", (0, 0, 0, 1)),
        ("def test_a(:", (1, 0, 0, 1)),
    ],
    ids=["a failure", "cases of a table", "an error before", "nothing but skipped", "no test", "no Python"],
)
def test_tests_that_fail_or_are_not_there_break_a_promise(tmp_path, code, counted):
    (tmp_path / "test_it.py").write_text(code, encoding="utf-8")
    found = passed(*IN_THIS_PROCESS, f"--rootdir={tmp_path}", str(tmp_path / "test_it.py"))
    assert (found.tests, found.combinations, found.skipped, found.wrong) == counted
