"""The result of an import or of its preview: counts, reasons, and what is asked or to be known of it."""

from collections import Counter
from dataclasses import replace

import streamlit as st

from dashboard.i18n import Translator
from dashboard.look.plain_text import as_html, as_text
from data.importing.mapping.schema import REPEATED_KEYS, RepeatedKeys, SourceMapping
from data.importing.writing.repeated_keys import REASON
from data.importing.writing.result import Outcome

FIRST_ROWS = 6


def notes(outcome: Outcome, t: Translator) -> None:
    """What a person should know of how the file was read: other sheets, hidden rows and the like."""
    for note in outcome.notes:
        st.info(as_text(t.sentence(note)))


def counts_table(outcome: Outcome, t: Translator) -> None:
    heads = [t("imports.table"), t("imports.new"), t("imports.changed"), t("imports.unchanged")]
    rows = [
        [_table_name(name, t), f"{tally.new:,}", f"{tally.changed:,}", f"{tally.unchanged:,}"]
        for name, tally in outcome.tallies.items()
    ]
    st.html(html_table(heads, rows))


def _table_name(name: str, t: Translator) -> str:
    key = f"imports.doing_{name}"
    return t(key) if key in t else name


def html_table(heads: list[str], rows: list[list[str]]) -> str:
    head = "".join(f"<th>{as_html(one)}</th>" for one in heads)
    body = "".join("<tr>" + "".join(f"<td>{as_html(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table class='reasons'><tr>{head}</tr>{body}</table>"


def reasons_table(outcome: Outcome, t: Translator) -> None:
    """How many rows are set aside for which reason, the commonest first."""
    if not outcome.faults:
        return
    heads = f"<th>{as_html(t('imports.reason'))}</th><th>{as_html(t('imports.rows'))}</th>"
    counts = Counter(reason for _, reason, _ in outcome.faults).most_common()
    rows = "".join(_reason_rows(reason, count, t) for reason, count in counts)
    st.html(f"<table class='reasons'><tr>{heads}</tr>{rows}</table>")


def _reason_rows(reason: str, count: int, t: Translator) -> str:
    key = f"imports.cure_{reason}"
    cure = f"<tr class='rule'><td colspan='2'>{as_html(t(key))}</td></tr>" if key in t else ""
    return f"<tr><td>{as_html(reason_name(reason, t))}</td><td>{count:,}</td></tr>{cure}"


def reason_name(reason: str, t: Translator) -> str:
    key = f"imports.reason_{reason}"
    return t(key) if key in t else reason


def seen_before_note(outcome: Outcome, t: Translator) -> None:
    if before := outcome.seen_before:
        st.info(t("imports.seen_before", n=as_text(before.import_id), day=as_text(before.day)))


def same_note(outcome: Outcome, t: Translator) -> None:
    for table, count in outcome.same.items():
        st.info(t("imports.same", n=f"{count:,}", table=as_text(_table_name(table, t))))


def ended_note(outcome: Outcome, t: Translator) -> None:
    for table, count in outcome.ended.items():
        st.info(t("imports.ended", n=f"{count:,}", table=as_text(_table_name(table, t))))
    for area in outcome.in_use[:FIRST_ROWS]:
        said = {"level": t(f"level.{area.level}"), "code": area.code, "codes": t.listed(area.codes)}
        st.warning(as_text(t("imports.in_use", n=f"{area.buildings:,}", **said)))


def answered(mapping: SourceMapping, outcome: Outcome, key: str, t: Translator) -> SourceMapping:
    """The mapping with the answers to what the check asks."""
    if outcome.repeated:
        mapping = replace(mapping, repeated_keys=_repeated_keys_choice(outcome, key, t))
    if outcome.unanswered:
        mapping = replace(mapping, end_missing=_end_missing_choice(outcome, key, t))
    return mapping


def _end_missing_choice(outcome: Outcome, key: str, t: Translator) -> bool:
    """Whether all ends that whole lists do not name; nothing of it unless a person says so."""
    for table, counts in outcome.unanswered.items():
        name = _table_name(table, t)
        st.warning(t("imports.missing", n=f"{counts.missing:,}", of=f"{counts.standing:,}", table=as_text(name)))
    return st.checkbox(t("imports.end_missing"), key=f"missing-{key}")


def _repeated_keys_choice(outcome: Outcome, key: str, t: Translator) -> RepeatedKeys:
    """What rows are that name a stored record and say something else; set aside unless a person says otherwise."""
    first = next((row for row, reason, _ in outcome.faults if reason == REASON), None)
    said = "" if first is None else f"{t('imports.row', n=f'{int(outcome.row_numbers[first]):,}')}"
    sentence = "" if first is None else sentence_of(outcome, first, t)
    st.warning(t("imports.repeated", n=f"{outcome.repeated:,}", first=as_text(f"{said} {sentence}".strip())))
    return st.radio(
        t("imports.repeated_question"),
        REPEATED_KEYS,
        format_func=lambda one: t(f"imports.repeated_{one}"),
        key=f"repeated-{key}",
    )


def outlines_note(outcome: Outcome, t: Translator) -> None:
    """Buildings that lie in no area, and broken outlines that were mended."""
    for level, count in outcome.outside.items():
        st.caption(t("imports.outside", n=f"{count:,}", level=t(f"level.{level}")))
    for one in outcome.mended[:FIRST_ROWS]:
        before, after = f"{one.km2_before:,.4f}", f"{one.km2_after:,.4f}"
        st.caption(as_text(t("imports.mended", code=one.code, why=t.sentence(one.why), before=before, after=after)))
    if len(outcome.mended) > FIRST_ROWS:
        st.caption(t("imports.mended_more", n=f"{len(outcome.mended) - FIRST_ROWS:,}"))


def sentence_of(outcome: Outcome, row: int, t: Translator) -> str:
    """What is wrong with a row. Of an earlier file only the English is kept; in Chinese the reason then says it."""
    if outcome.row_errors:
        return " ".join(map(t.sentence, outcome.row_errors[row]))
    return outcome.faults[row][2] if t.language == "en" else ""
