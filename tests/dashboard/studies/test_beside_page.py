"""Long work of a study: the page stands at once and says how far it is, and finds the answer when it comes again."""

import threading
from types import SimpleNamespace

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.cache.background_jobs import JOBS, Jobs
from dashboard.i18n import translator
from dashboard.studies import beside_page
from dashboard.studies.backtest import job
from dashboard.studies.beside_page import finished

t = translator("zh")
MAY_GO_ON = threading.Event()


def study() -> SimpleNamespace:
    return SimpleNamespace(scope=SimpleNamespace(cache_key="me"), code="demo", t=t, top=st.container())


def slow(report) -> int:
    report("rating", 1, 4)
    MAY_GO_ON.wait()
    report("drawing", 3, 4)
    return 7


def a_page() -> None:
    import streamlit as st

    from tests.dashboard.studies.test_beside_page import finished, slow, study

    st.text(str(finished(study(), "backtest", "how much earlier", slow)))


@pytest.fixture
def shown(monkeypatch) -> AppTest:
    monkeypatch.setattr(beside_page, "JOBS", Jobs())
    monkeypatch.setattr(beside_page, "AT_ONCE_SECONDS", 0)
    monkeypatch.setattr(beside_page, "user_with", lambda _: None)
    MAY_GO_ON.clear()
    yield AppTest.from_function(a_page, default_timeout=120)
    MAY_GO_ON.set()


def begun() -> object:
    (only,) = beside_page.JOBS._jobs.values()
    return only


def test_the_page_stands_at_once_and_finds_the_answer_when_it_comes_again(shown):
    assert JOBS is not beside_page.JOBS and finished is beside_page.finished
    shown.run()
    assert shown.text[0].value == "None"
    assert [button.label for button in shown.button] == [t("backtest.stop")]
    MAY_GO_ON.set()
    begun().over.wait()
    shown.run()
    assert shown.text[0].value == "7"
    assert not list(shown.button)


def test_work_that_is_stopped_says_so_and_can_be_begun_again(shown):
    shown.run()
    shown.button(key="backtest-stop").click().run()
    MAY_GO_ON.set()
    begun().over.wait()
    shown.run()
    assert [one.value for one in shown.info] == [t("backtest.stopped")]
    shown.button(key="backtest-again").click().run()
    assert len(beside_page.JOBS._jobs) == 2


@pytest.mark.parametrize(("rows", "is_apart"), [(job.APART_FROM_ROWS, True), (job.APART_FROM_ROWS - 1, False)])
def test_the_long_part_of_a_large_backtest_runs_in_a_process_of_its_own(monkeypatch, rows, is_apart):
    monkeypatch.setattr(job, "run_apart", lambda work, frame, report: ("apart", work, len(frame)))
    monkeypatch.setattr(job, "drawn", lambda frame, report: ("here", len(frame)))
    result = job._drawn(pd.DataFrame({"unit": range(rows)}), lambda *_: None)
    assert result == (("apart", job.drawn, rows) if is_apart else ("here", rows))
