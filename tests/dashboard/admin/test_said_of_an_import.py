"""What the import page says of facts without a key that other files brought already."""

import pytest

from dashboard.i18n import LANGUAGES, translator
from tests.dashboard.admin.test_import_page import finished, handed_in, own_district, press, rows_of, said, sign_in

__all__ = ["own_district"]  # a fixture


def cases(file, *days: str) -> bytes:
    ((code,),) = rows_of(file, "SELECT code FROM buildings WHERE lon IS NOT NULL LIMIT 1")
    return "\n".join(["楼栋编码,案件类型,案发日期", *(f"{code},火灾,{day}" for day in days)]).encode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_equal_cases_of_two_files_are_said_before_and_after_they_are_taken_for_one(own_district, monkeypatch, language):
    sign_in(monkeypatch, "administrator")
    t = translator(language)
    sentence = t("imports.same", n="1", table=t("imports.doing_events"))
    for days, is_said in ((["2026-01-01"], False), (["2026-01-01", "2026-01-02"], True)):
        page = handed_in(own_district, cases(own_district, *days), language)
        page = finished(press(page, t("imports.check")))
        assert not page.exception and (sentence in said(page)) == is_said
        page = finished(press(page, t("imports.import", n="1")))
        assert (sentence in said(page)) == is_said
