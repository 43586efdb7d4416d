"""What `make` sets up first: an interpreter that works, and a clear sentence where something is missing."""

import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def programs(tmp_path) -> Path:
    """A folder of programs that is the whole path; the script itself needs one of them."""
    (tmp_path / "dirname").symlink_to(shutil.which("dirname"))
    return tmp_path


def program(folder: Path, name: str, does: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def set_up(folder: Path, *asked: str) -> subprocess.CompletedProcess:
    command = ["/bin/sh", ROOT / "set-up.sh", *asked]
    return subprocess.run(command, env=os.environ | {"PATH": str(folder)}, capture_output=True, text=True)


def test_an_interpreter_that_is_on_the_path_but_fails_is_passed_over(programs):
    program(programs, "python3.13", "echo 'python3.13: command not found' >&2; exit 127")
    program(programs, "python3.12", "exit 0")
    assert set_up(programs, "python").stdout == "python3.12\n"


def test_one_that_can_make_an_environment_comes_before_a_newer_one_that_cannot(programs):
    program(programs, "python3.13", 'case "$2" in *ensurepip*) exit 1; esac')
    assert set_up(programs, "python").stdout == "python3.13\n"
    program(programs, "python3.11", "exit 0")
    assert set_up(programs, "python").stdout == "python3.11\n"


def test_without_a_python_that_is_new_enough_one_sentence_says_what_to_install(programs):
    program(programs, "python3", "exit 1")
    done = set_up(programs, "python")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Python 3.11 or newer is needed; install it and run make again.\n"


@pytest.mark.parametrize("user", ["0", "1000"])
def test_who_may_not_install_is_told_what_to_ask_for(programs, user):
    program(programs, "id", f"echo {user}")  # nor has root anything to install with here
    done = set_up(programs, "browser")
    assert done.returncode == 1
    assert done.stderr == (
        "A browser for the tests is needed: install chromium fonts-noto-cjk "
        "(on Debian: sudo apt-get install chromium fonts-noto-cjk) and run make again.\n"
    )


PINNED = re.compile(r"^(?P<name>[\w.-]+)(\[(?P<extras>[\w,-]+)\])?==\S+( ; (?P<marker>.+?))? \\$", re.MULTILINE)


def pinned(environment: dict[str, str]) -> dict[str, set[str]]:
    """Package → its extras, of all that is pinned for that environment."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in ("requirements.txt", "requirements-dev.txt"):
        for line in PINNED.finditer((ROOT / file).read_text(encoding="utf-8")):
            if line["marker"] is None or Marker(line["marker"]).evaluate(environment):
                found[canonicalize_name(line["name"])].update((line["extras"] or "").split(","))
    return found


def asked_for(name: str, extras: set[str], environment: dict[str, str]) -> Iterator[str]:
    for text in requires(name) or ():
        needed = Requirement(text)
        wanted = [needed.marker is None or needed.marker.evaluate(environment | {"extra": extra}) for extra in extras]
        if any(wanted):
            yield canonicalize_name(needed.name)


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_whatever_a_pinned_package_asks_for_on_any_python_is_pinned_too(version):
    environment = dict(default_environment()) | {"python_version": version, "python_full_version": f"{version}.0"}
    there = pinned(environment)
    assert len(there) > 100
    here = pinned(dict(default_environment()))
    missing = {
        f"{name} asks for {needed}"
        for name, extras in there.items()
        if name in here
        for needed in asked_for(name, extras | {""}, environment)
        if needed not in there
    }
    assert not missing
