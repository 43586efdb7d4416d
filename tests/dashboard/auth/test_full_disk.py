"""On a full disk: signing out signs out, every write is refused in one sentence, the map is shown."""

from errno import ENOSPC

import pytest

from dashboard.admin.imports import upload_store
from dashboard.cache import city_cache
from dashboard.cache.background_jobs import Jobs
from dashboard.shell.error_page import show_error
from data.db.refusals import disk_full
from tests.full_disk import full_disk
from tests.sessions import COOKIE

EVERYTHING = {"city": "demo", "box": "100,20,120,40"}


def test_signing_out_on_a_full_disk_signs_out(client):
    with full_disk(city_cache.database()):
        answer = client.post("/sign-out", data={})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        assert f'{COOKIE}=""' in answer.headers["set-cookie"]
        assert client.get("/map/counts", params=EVERYTHING).status_code == 401  # the token is refused, not only gone


def test_reading_goes_on_and_what_must_be_written_is_refused_in_a_sentence(client):
    with full_disk(city_cache.database()):
        assert client.get("/map/counts", params=EVERYTHING).status_code == 200
        refused = client.get("/export/demo.csv")
        assert refused.status_code == 503
        assert "磁盘已满" in refused.json()["mistake"] and "The disk is full" in refused.json()["mistake"]


@pytest.mark.parametrize(("language", "said"), [("zh", "磁盘已满"), ("en", "The disk is full")])
@pytest.mark.parametrize(
    "form", [("/sign-in", {"name": "mei", "password": "x" * 12}), ("/account/end", {"session": "1"})]
)
def test_a_form_is_refused_in_the_language_of_its_page(client, form, language, said):
    address, filled = form
    with full_disk(city_cache.database()):
        answer = client.post(f"{address}?lang={language}", data=filled)
    assert answer.status_code == 503
    assert said in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("error", [disk_full(), OSError(ENOSPC, "No space left on device")])
@pytest.mark.parametrize(("language", "said"), [("zh", "磁盘已满"), ("en", "The disk is full")])
def test_a_page_says_it_in_its_language(monkeypatch, language, said, error):
    shown = []
    monkeypatch.setattr("dashboard.shell.error_page.st.query_params", {"lang": language})
    monkeypatch.setattr("dashboard.shell.error_page.st.error", shown.append)
    assert show_error(error)
    assert said in shown[0]


def test_a_job_beside_the_page_is_refused_in_the_same_sentence():
    def work(_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    job = Jobs().begin("key", "owner", "demo", work)
    assert job.over.wait(60)
    assert (job.state, str(job.mistake)) == ("refused", str(disk_full()))


def test_a_file_handed_in_leaves_nothing_half_written(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(upload_store, "FOLDER", tmp_path)
    monkeypatch.setattr(upload_store.Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        upload_store.keep("buildings.csv", b"code")
    assert list(tmp_path.iterdir()) == []
