"""Promises that are a set of tests of the suite: they are run as such, and how many they are is stated."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from tests.dashboard.demonstration import laid, surroundings
from tests.trust.promise import Promise
from tests.trust.writers import ROOT

WORKERS = ("-n", "2", "--dist", "loadfile")
ACCESS, AUTH, IMPORTING = "tests/data/access", "tests/dashboard/auth", "tests/data/importing"
FILES: Mapping[str, tuple[str, ...]] = {
    "each_sees_its_own": (
        f"{ACCESS}/test_roles.py",
        f"{ACCESS}/test_fact_rights.py",
        f"{ACCESS}/test_authority.py",
        "tests/data/city/test_seen_facts.py",
        "tests/data/city/test_two_cities.py",
        "tests/data/city/test_visible_buildings.py",
        "tests/data/city/test_who_may_see_what.py",
        "tests/data/db/test_row_security.py",
        "tests/data/exports/test_rows.py",
        "tests/data/records/test_who_may_record.py",
        f"{AUTH}/test_access_matrix.py",
        f"{AUTH}/test_secrecy.py",
        "tests/dashboard/cache/test_cities_of_an_officer.py",
        "tests/dashboard/cache/test_city_cache.py",
        "tests/dashboard/map/test_routes_in_two_towns.py",
    ),
    "no_open_door": (
        f"{ACCESS}/test_accounts.py",
        f"{ACCESS}/test_passwords_and_scopes.py",
        f"{ACCESS}/test_sessions.py",
        f"{ACCESS}/test_sessions_in_bad_times.py",
        f"{ACCESS}/test_sessions_to_the_minute.py",
        f"{ACCESS}/test_trusted_browsers.py",
        f"{AUTH}/test_middleware.py",
        f"{AUTH}/test_oidc.py",
        f"{AUTH}/test_sockets.py",
        "tests/browser/test_signing_in.py",
    ),
    "browser_is_told": (
        f"{AUTH}/test_content_security.py",
        f"{AUTH}/test_cookies_and_origin.py",
        f"{AUTH}/test_middleware.py",
        "tests/browser/test_content_security.py",
        "tests/browser/test_shared_browser.py",
    ),
    "safe_exports": (
        "tests/data/exports/test_files.py",
        "tests/data/exports/test_formula_escape.py",
        f"{IMPORTING}/test_rejected_rows.py",
        "tests/dashboard/exports/test_exports.py",
    ),
    "helpful_errors": (
        f"{IMPORTING}/test_command.py",
        f"{IMPORTING}/test_refusals.py",
        "tests/data/db/test_lost_and_damaged.py",
        f"{AUTH}/test_faults_of_ours.py",
        f"{AUTH}/test_full_disk.py",
        "tests/dashboard/i18n/test_error_sentences.py",
        "tests/dashboard/observability/test_logs.py",
    ),
    "ways_out": (
        "tests/data/audit/test_trail.py",
        "tests/dashboard/admin/test_audit_page.py",
        "tests/dashboard/admin/test_import_page.py",
        "tests/dashboard/exports/test_exports.py",
        "tests/dashboard/exports/test_ways_out.py",
    ),
    "bad_files": (
        f"{IMPORTING}/test_damaged_files.py",
        f"{IMPORTING}/test_sandboxed_reader.py",
        f"{IMPORTING}/test_source_formats.py",
    ),
}


@dataclass(frozen=True)
class Passed:
    """What pytest counted. combinations: tests that a table of cases generated; faults: with those that broke off."""

    tests: int
    combinations: int
    skipped: int
    faults: int

    @property
    def wrong(self) -> int:
        """Where nothing was tried, nothing is kept."""
        return self.faults or int(self.tests == self.skipped)

    def __str__(self) -> str:
        skipped = f", {self.skipped:,} left out" if self.skipped else ""
        return f"{self.tests:,} tests, {self.combinations:,} of them cases of a table{skipped}"


def passed(*options: str) -> Passed:
    """Runs pytest with the options, each file in one of two processes. It says itself what failed."""
    with TemporaryDirectory(prefix="trust-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--junitxml={report}", *options]
        code = subprocess.run(command, cwd=ROOT, env=surroundings({})).returncode
        cases = list(ElementTree.parse(report).iter("testcase")) if report.exists() else []
    faults = sum(any(case.find(kind) is not None for kind in ("failure", "error")) for case in cases)
    return Passed(
        tests=len(cases),
        combinations=sum("[" in case.get("name", "") for case in cases),
        skipped=sum(case.find("skipped") is not None for case in cases),
        faults=faults or int(code != 0),
    )


def promise_of(what: str, *options: str) -> Promise:
    found = passed(*options)
    return Promise(f"{what}: of {found}, failed", found.wrong, "tests", 0)


def of_files(name: str, what: str) -> list[Promise]:
    """The promise that is kept where all tests of the named files pass."""
    with district_laid_once():
        return [promise_of(what, *WORKERS, *FILES[name])]


@contextmanager
def district_laid_once() -> Iterator[None]:
    """Within the block the tests copy one small district, instead of each of their processes laying its own."""
    with TemporaryDirectory(prefix="trust-") as folder:
        os.environ["DISTRICT_LAID_IN"] = str(laid(Path(folder)).folder)
        yield
        del os.environ["DISTRICT_LAID_IN"]
