"""Whether the grades foretell anything, as a leader reads it."""

import re

import pytest
from playwright.sync_api import expect

from dashboard.i18n import translator

pytestmark = pytest.mark.browser
t = translator("en")


def test_the_police_read_what_the_grades_would_have_been_worth_and_against_whom(open_city):
    page = open_city("backtest?lang=en", role="police").page
    verdict = page.locator(".st-key-backtest-verdict li")
    expect(verdict).to_have_count(4)
    expect(verdict.nth(0)).to_contain_text(re.compile(r"By grade against the order that was used: .* \[-?[\d.]+, "))
    expect(verdict.nth(2)).to_contain_text("who inspects and nothing else")
    expect(verdict.nth(3)).to_contain_text("only an inspector's own visits")
    for chart in ("gain", "days", "calibration"):
        expect(page.locator(f".st-key-backtest-{chart} .js-plotly-plot")).to_be_visible()
    page.get_by_role("radio", name=t("backtest.outcome_cases")).click()
    expect(verdict.nth(0)).to_contain_text("percentage points")
    expect(page.locator(".st-key-backtest-days")).to_have_count(0)
    expect(page.locator(".figures span").first).to_have_text(t("backtest.counted_cases"))
