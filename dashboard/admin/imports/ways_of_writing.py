"""How a column writes its numbers and days, asked where its texts leave it open, with what they would be read as."""

from collections.abc import Callable, Iterable

from streamlit.delta_generator import DeltaGenerator

from dashboard.i18n import Translator
from dashboard.look.choices import distinct_labels, offered
from dashboard.look.plain_text import as_text
from data.importing.checking.days import ORDERS
from data.importing.mapping.fields import Field
from data.importing.mapping.guess_columns import Sample, day_read
from data.importing.mapping.number_forms import (
    AS_PROGRAMS_WRITE,
    FORMS,
    NumberForm,
    forms_of,
    preset_units,
    units_in,
)
from data.importing.mapping.source import WHICH_DAYS

EXAMPLES = 3
LONGEST_EXAMPLE = 26
NOT_SAID = ""


def number_form_asked(
    box: DeltaGenerator, column: str, number: Field, file_sample: Sample, key: str, t: Translator
) -> NumberForm | None:
    """How the numbers of a column are written; None until it was said, where they can be read in two ways."""
    texts = file_sample.number_texts(column)
    units = units_in(texts)
    chosen_units = _units_box(box, units, f"units-{key}", t) if units else ()
    likely = forms_of(texts, number, chosen_units)
    if not units and likely in ((), (AS_PROGRAMS_WRITE,)):
        return AS_PROGRAMS_WRITE
    form = _form_box(box, likely, f"numbers-{key}", t) if likely else NumberForm(strip=chosen_units)
    if form is not None:
        box.caption(as_text(readings(texts, lambda text: form.read(text, number), t)))
    return form


def _units_box(box: DeltaGenerator, units: tuple[str, ...], key: str, t: Translator) -> tuple[str, ...]:
    chosen = box.multiselect(
        t("imports.units"),
        units,
        default=preset_units(units),
        format_func=distinct_labels(units, str),
        help=t("imports.units_help"),
        key=key,
        placeholder=t("imports.not_said"),
    )
    return tuple(unit for unit in units if unit in chosen)


def _form_box(box: DeltaGenerator, likely: tuple[NumberForm, ...], key: str, t: Translator) -> NumberForm | None:
    """A box of the forms; it begins with the only one that fits, else with nothing."""
    strip = likely[0].strip
    by_example = {form.example: form for form in FORMS}
    options = [*by_example] if len(likely) == 1 else [NOT_SAID, *(form.example for form in likely)]
    said = box.selectbox(
        t("imports.number_form"),
        options,
        index=options.index(likely[0].example) if len(likely) == 1 else 0,
        format_func=distinct_labels(options, lambda one: one or t("imports.not_said")),
        help=t("imports.number_form_help"),
        key=f"{key}-{'-'.join(options)}",  # other units, other forms: what was said of the ones is not of the others
    )
    said = offered(said, options, options[0])
    return None if said == NOT_SAID else NumberForm(by_example[said].decimal, by_example[said].thousands, strip)


def day_order_asked(box: DeltaGenerator, texts: Iterable[str], key: str, t: Translator) -> str:
    """Which of day and month comes first, asked where the days of the file do not tell; "" until it was said."""
    order = box.selectbox(
        t("imports.day_order"),
        (NOT_SAID, *ORDERS),
        format_func=lambda one: t(f"imports.{one or 'not_said'}"),
        help=t("imports.day_order_help"),
        key=key,
    )
    order = offered(order, ORDERS, NOT_SAID)
    if order:
        box.caption(as_text(readings(texts, lambda text: day_read(text, order), t)))
    return order


def which_day_asked(box: DeltaGenerator, texts: Iterable[str], key: str, t: Translator) -> str:
    """Which day a month or a year stands for; "" for none, so that rows with one are set aside."""
    chosen = box.selectbox(
        t("imports.which_day"),
        (NOT_SAID, *WHICH_DAYS),
        format_func=lambda one: t(f"imports.which_{one or 'none'}"),
        help=t("imports.which_day_help"),
        key=key,
    )
    which = next((one for one in WHICH_DAYS if one == chosen), None)
    box.caption(as_text(readings(texts, lambda text: day_read(text, which_day=which), t)))
    return which or NOT_SAID


def readings(texts: Iterable[str], read: Callable[[str], object], t: Translator) -> str:
    """A few texts with what each is read as, first those that look otherwise then."""
    pairs = [(text, read(text)) for text in dict.fromkeys(texts)]
    pairs.sort(key=lambda pair: pair[0] == str(pair[1]))
    return " · ".join(
        f"{_short(text)} → {t('imports.not_read') if value is None else _value(value)}"
        for text, value in pairs[:EXAMPLES]
    )


def _value(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, (int, float)) else str(value)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_EXAMPLE else f"{text[: LONGEST_EXAMPLE - 1]}…"
